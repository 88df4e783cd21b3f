namespace Clip.Runtime.Kernels;

/// <summary>Attention of the mean over a picture to all its places, for inference on a CPU.</summary>
internal interface IAttentionPoolKernel : IDisposable
{
    /// <summary>Gathers what the mean asks for.</summary>
    /// <param name="places">[N, P, C].</param>
    /// <returns>[N, C].</returns>
    Tensor Attend(Tensor places);
}
