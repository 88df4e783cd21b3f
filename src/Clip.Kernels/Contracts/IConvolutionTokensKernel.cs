namespace Clip.Kernels.Contracts;

/// <summary>Convolutions that make tokens of images, for inference on a CPU.</summary>
/// <remarks>Source: Chen et al. 2024, "ViTamin", section 4.</remarks>
internal interface IConvolutionTokensKernel : IDisposable
{
    /// <summary>Makes tokens.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>[N, P, W], row by row.</returns>
    Tensor Forward(Tensor pixels);
}
