namespace Clip.Runtime.Kernels;

/// <summary>Makes tokens of pictures for inference on a CPU.</summary>
internal interface IPatchKernel : IDisposable
{
    /// <summary>Cuts pictures into patches, projects them and adds positions.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>[N, L, W].</returns>
    Tensor Forward(Tensor pixels);
}
