namespace Clip.Kernels.Weights;

/// <summary>A block of more channels, each of which looks around by itself, then fewer; a norm stands before it, GELU behind the first two layers.</summary>
/// <param name="Norm">Gain and bias [inputs] of the norm of each position.</param>
/// <param name="Expand">The 1 x 1 convolution to more channels.</param>
/// <param name="Spatial">The depthwise 3 x 3 convolution. Where its stride is 2, means of 3 x 3 positions are what the branch is added to.</param>
/// <param name="Contract">The 1 x 1 convolution to fewer channels.</param>
/// <param name="Shortcut">The 1 x 1 convolution of those means; null where they have the channels of the result.</param>
internal sealed record InvertedBottleneckWeights(
    (Tensor Weight, Tensor Bias) Norm, FoldedConvolution Expand, FoldedConvolution Spatial, FoldedConvolution Contract, FoldedConvolution? Shortcut);
