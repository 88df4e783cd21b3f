namespace Clip.Kernels.Contracts;

/// <summary>The mean of each sequence's tokens, for inference on a CPU.</summary>
internal interface ITokenPoolKernel : IDisposable
{
    /// <summary>Pools.</summary>
    /// <param name="tokens">[N, L, W], at least one token in each sequence.</param>
    /// <returns>[N, W].</returns>
    Tensor Forward(Tensor tokens);
}
