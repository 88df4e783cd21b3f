using Clip.Shared;

namespace Clip.Models;

/// <summary>Positions as sines and cosines of geometric frequencies, sines first.</summary>
/// <remarks>
/// Source: Vaswani et al. 2017, section 3.5, with the frequencies of tensor2tensor's code, which end at 1/10000 exactly. They are computed in
/// float64 and rounded once.
/// </remarks>
internal static class Sinusoids
{
    /// <summary>The vectors of positions.</summary>
    /// <param name="positions">[N, L], int64.</param>
    /// <param name="width">Channels, W, at least 4.</param>
    /// <returns>[N, L, W], float64.</returns>
    public static Tensor Of(Tensor positions, int width)
    {
        using var scope = NewDisposeScope();
        var half = width / 2;
        var frequencies = exp(TensorArithmetic.Range(half, ScalarType.Float64, positions.device).Times(-Math.Log(10_000) / (half - 1)));     // [W / 2]
        var angles = positions.to(ScalarType.Float64).unsqueeze(-1) * frequencies;                                        // [N, L, W / 2]
        var table = cat([angles.sin(), angles.cos()], dim: -1);
        if (width % 2 == 1)
            table = nn.functional.pad(table, (0, 1));
        return table.MoveToOuterDisposeScope();
    }
}
