namespace Clip.Kernels.Weights;

/// <summary>The weights of a FastViT, norms and branches folded.</summary>
/// <remarks>Stages and blocks are enumerated once, in order, so that whoever packs them needs memory for one block at a time.</remarks>
/// <param name="Stem">Three convolutions: 3 x 3 at a stride of 2, depthwise 3 x 3 at a stride of 2, 1 x 1; GELU behind each.</param>
/// <param name="Stages">The stages.</param>
/// <param name="Final">The last depthwise convolution, with several outputs for each input.</param>
/// <param name="FinalGate">Gates its outputs before the last GELU.</param>
internal sealed record FastVitWeights(
    IReadOnlyList<FoldedConvolution> Stem, IEnumerable<FastVitStageWeights> Stages, FoldedConvolution Final, SqueezeExciteWeights FinalGate);
