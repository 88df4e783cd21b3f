using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A convolution whose stride is its kernel: a linear layer of patches.</summary>
internal static class PatchProduct
{
    /// <summary>Projects patches.</summary>
    /// <param name="kernels">Kernels for training, if there are some; else the convolution computes.</param>
    /// <param name="convolution">The convolution, without padding.</param>
    /// <param name="pixels">[N, C, H, W].</param>
    /// <returns>[N, P, outputs], row by row of the image.</returns>
    public static Tensor Compute(ITrainingKernels? kernels, Conv2d convolution, Tensor pixels)
    {
        var (weight, side) = (convolution.weight!, convolution.weight!.shape[2]);
        var (rows, columns) = (pixels.shape[2] / side, pixels.shape[3] / side);
        if (kernels is null || pixels.requires_grad || !LinearProduct.Serves(pixels, weight, convolution.bias, pixels.shape[0] * rows * columns)
            || rows * side != pixels.shape[2] || columns * side != pixels.shape[3])
        {
            return convolution.call(pixels).flatten(2).transpose(1, 2);
        }
        var patches = pixels.reshape(pixels.shape[0], pixels.shape[1], rows, side, columns, side).permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2);
        return LinearProduct.Compute(kernels, patches, weight, convolution.bias);                    // [N, P, outputs]
    }
}
