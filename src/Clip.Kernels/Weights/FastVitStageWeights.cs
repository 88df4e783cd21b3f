namespace Clip.Kernels.Weights;

/// <summary>A stage of a FastViT.</summary>
/// <param name="Downsample">Halves the image first; null in the first stage.</param>
/// <param name="Positions">The depthwise convolution that tells positions apart, the identity included; null where there is none.</param>
/// <param name="Blocks">The blocks, made one after another as they are asked for.</param>
internal sealed record FastVitStageWeights(DownsampleWeights? Downsample, FoldedConvolution? Positions, IEnumerable<FastVitBlockWeights> Blocks);
