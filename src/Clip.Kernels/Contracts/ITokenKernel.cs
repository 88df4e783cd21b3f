namespace Clip.Kernels.Contracts;

/// <summary>Looks up the vectors of tokens and adds those of their positions, for inference on a CPU.</summary>
internal interface ITokenKernel
{
    /// <summary>Looks tokens up.</summary>
    /// <param name="ids">Token ids, int64 [N, L], with L at most the number of positions.</param>
    /// <returns>[N, L, W].</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the table.</exception>
    Tensor Forward(Tensor ids);
}
