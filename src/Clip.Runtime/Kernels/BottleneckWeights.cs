namespace Clip.Runtime.Kernels;

/// <summary>The weights of a residual block of three convolutions.</summary>
/// <param name="Reduce">1 x 1, into fewer channels.</param>
/// <param name="Mix">3 x 3.</param>
/// <param name="Expand">1 x 1, into more channels.</param>
/// <param name="Shortcut">1 x 1 on the block's input, averaged by the stride; null where input and output have the same shape.</param>
/// <param name="Stride">By how much the block shrinks the picture.</param>
internal sealed record BottleneckWeights(NormedConvolution Reduce, NormedConvolution Mix, NormedConvolution Expand, NormedConvolution? Shortcut, long Stride);
