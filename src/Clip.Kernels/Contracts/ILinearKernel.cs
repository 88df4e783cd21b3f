namespace Clip.Kernels.Contracts;

/// <summary>A linear layer for inference on a CPU.</summary>
internal interface ILinearKernel : IDisposable
{
    /// <summary>Multiplies.</summary>
    /// <param name="x">[N, inputs].</param>
    /// <returns>[N, outputs].</returns>
    Tensor Forward(Tensor x);
}
