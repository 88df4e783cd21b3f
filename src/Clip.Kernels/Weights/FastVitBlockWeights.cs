namespace Clip.Kernels.Weights;

/// <summary>A block of a FastViT: what mixes positions, and an MLP.</summary>
/// <param name="Mixer">The depthwise convolution that mixes positions; null where attention does.</param>
/// <param name="Attention">The attention that mixes positions; null where a convolution does.</param>
/// <param name="Mlp">The MLP.</param>
internal sealed record FastVitBlockWeights(FoldedConvolution? Mixer, GridAttentionWeights? Attention, ConvolutionMlpWeights Mlp);
