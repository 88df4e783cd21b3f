namespace Clip.Kernels.Contracts;

/// <summary>A forward pass through a transformer block, and the backward pass to come.</summary>
/// <remarks>Disposal gives up its memory, as the backward pass does.</remarks>
internal interface IBlockPass : IDisposable
{
    /// <summary>Computes the block.</summary>
    /// <param name="x">Its input.</param>
    /// <returns>Its output, in the layout of the input, or of the chosen tokens alone, [N, W].</returns>
    Tensor Forward(Tensor x);

    /// <summary>Sends gradients back, once.</summary>
    /// <param name="x">What the forward pass was given.</param>
    /// <param name="gradient">Gradients of its output.</param>
    /// <returns>Gradients of its input.</returns>
    /// <exception cref="InvalidOperationException">It was done before, and what it needs is gone.</exception>
    Tensor SendBack(Tensor x, Tensor gradient);
}
