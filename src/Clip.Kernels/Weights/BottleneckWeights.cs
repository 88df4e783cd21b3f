namespace Clip.Kernels.Weights;

/// <summary>The weights of a residual block of three convolutions.</summary>
/// <param name="Conv1">1 x 1, into fewer channels.</param>
/// <param name="Conv2">3 x 3.</param>
/// <param name="Conv3">1 x 1, into more channels.</param>
/// <param name="Downsample">1 x 1 on the block's input, averaged by the stride; null where input and output have the same shape.</param>
/// <param name="Stride">1, or 2 where the block halves height and width.</param>
internal sealed record BottleneckWeights(
    NormedConvolution Conv1, NormedConvolution Conv2, NormedConvolution Conv3, NormedConvolution? Downsample, long Stride);
