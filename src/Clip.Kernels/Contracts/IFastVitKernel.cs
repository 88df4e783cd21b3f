namespace Clip.Kernels.Contracts;

/// <summary>A FastViT for inference on a CPU.</summary>
/// <remarks>Source: Vasu et al. 2023, "FastViT"; Vasu et al. 2024, "MobileCLIP".</remarks>
internal interface IFastVitKernel : IDisposable
{
    /// <summary>Runs the network.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>The last layer at every position, row by row, [N, P, C].</returns>
    Tensor Forward(Tensor pixels);
}
