using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses how tokens are looked up fastest on a CPU.</summary>
internal static class TokenKernels
{
    /// <summary>Looks tokens up and adds positions, without gradients; null where libtorch's operators are as good.</summary>
    /// <param name="ids">Token ids, int64 [N, L].</param>
    /// <param name="table">The tokens' vectors [V, W].</param>
    /// <param name="positions">The positions' vectors [at least L, W].</param>
    public static Tensor? TryEmbed(Tensor ids, Tensor table, Tensor positions) =>
        table.dtype == ScalarType.Float32 && positions.dtype == ScalarType.Float32 && table.device_type == DeviceType.CPU
            ? TokenLookup.Forward(ids, table, positions)
            : null;
}
