namespace Clip.Kernels.Contracts;

/// <summary>A forward pass through a transformer block whose backward pass is to come.</summary>
/// <remarks>Disposal gives up its memory, as the backward pass does.</remarks>
internal interface IBlockPass : IDisposable
{
    /// <summary>Sends gradients back, once.</summary>
    /// <param name="x">What the forward pass was given.</param>
    /// <param name="gradient">Gradients of its output, [N, L, W].</param>
    /// <returns>Gradients of its input, [N, L, W].</returns>
    /// <exception cref="InvalidOperationException">It was done before, and what it needs is gone.</exception>
    Tensor SendBack(Tensor x, Tensor gradient);
}
