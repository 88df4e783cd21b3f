namespace Clip.Kernels.Contracts;

/// <summary>Attention of the mean over an image to all its positions, for inference on a CPU.</summary>
internal interface IAttentionPoolKernel : IDisposable
{
    /// <summary>Attends with the mean as the query.</summary>
    /// <param name="features">Channels of all positions [N, P, C].</param>
    /// <returns>[N, C].</returns>
    Tensor Attend(Tensor features);

    /// <summary>Attends to one position at a time, which gives what it contributes where it is attended to.</summary>
    /// <param name="features">Channels of all positions [N, P, C].</param>
    /// <returns>[N, P, C].</returns>
    Tensor AttendAlone(Tensor features);
}
