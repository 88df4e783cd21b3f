namespace Clip.Kernels.Contracts;

/// <summary>A residual branch of norms and an MLP, for inference on a CPU.</summary>
internal interface IMlpKernel : IDisposable
{
    /// <summary>Computes residual + MLP(norms(x)), row by row.</summary>
    /// <param name="x">[..., W], dense.</param>
    /// <param name="residual">What the branch is added to, of the same shape, dense; may be <paramref name="x"/>.</param>
    /// <returns>[..., W].</returns>
    Tensor Forward(Tensor x, Tensor residual);
}
