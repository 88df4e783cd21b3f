namespace Clip.Runtime.Kernels;

/// <summary>The convolutions of a ResNet with CLIP's changes, for inference on a CPU.</summary>
/// <remarks>It computes the equations of the trained modules in evaluation mode in another order of summation and has no gradients.</remarks>
internal interface IResNetKernel : IDisposable
{
    /// <summary>Runs the convolutions.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>[N, channels, H / 32, W / 32], channels last in memory.</returns>
    Tensor Forward(Tensor pixels);
}
