namespace Clip.Kernels.Contracts;

/// <summary>A convolution over pixels whose channels are last in memory, for inference on a CPU.</summary>
internal interface IPixelKernel : IDisposable
{
    /// <summary>Convolves.</summary>
    /// <param name="x">[N, H, W, C], dense.</param>
    /// <returns>[N, H', W', C'].</returns>
    Tensor Forward(Tensor x);
}
