namespace Clip.Kernels.Weights;

/// <summary>What halves an image between two stages of a FastViT.</summary>
/// <param name="Spatial">The depthwise convolution, at a stride of 2, which may have several outputs for each input.</param>
/// <param name="Gate">Gates its outputs; null where nothing does.</param>
/// <param name="Pointwise">The 1 x 1 convolution; GELU stands before and behind it.</param>
internal sealed record DownsampleWeights(FoldedConvolution Spatial, SqueezeExciteWeights? Gate, FoldedConvolution Pointwise);
