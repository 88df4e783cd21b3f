namespace Clip.Kernels.Contracts;

/// <summary>A block that mixes neighboring tokens by convolutions, for inference on a CPU.</summary>
internal interface ITokenMixerKernel : IDisposable
{
    /// <summary>Runs the block.</summary>
    /// <param name="tokens">[N, L, W].</param>
    /// <returns>[N, L, W].</returns>
    Tensor Forward(Tensor tokens);
}
