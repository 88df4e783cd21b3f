namespace Clip.Kernels.Contracts;

/// <summary>Makes tokens of images for inference on a CPU.</summary>
internal interface IPatchKernel : IDisposable
{
    /// <summary>Cuts images into patches, projects them and adds positions.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>[N, L, W].</returns>
    Tensor Forward(Tensor pixels);
}
