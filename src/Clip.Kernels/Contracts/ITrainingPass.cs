namespace Clip.Kernels.Contracts;

/// <summary>A forward pass through a part of a network, and the backward pass to come.</summary>
/// <remarks>Disposal gives up its memory, as the backward pass does.</remarks>
internal interface ITrainingPass : IDisposable
{
    /// <summary>Computes the part.</summary>
    /// <param name="x">Its input.</param>
    /// <returns>Its output.</returns>
    Tensor Forward(Tensor x);

    /// <summary>Sends gradients back, once.</summary>
    /// <param name="x">What the forward pass was given.</param>
    /// <param name="gradient">Gradients of its output.</param>
    /// <returns>Gradients of its input; null for a part that has none.</returns>
    /// <exception cref="InvalidOperationException">It was done before, and what it needs is gone; not of a part that needs nothing.</exception>
    Tensor? SendBack(Tensor x, Tensor gradient);
}
