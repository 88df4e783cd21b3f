using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>Scaled similarities.</summary>
internal static class Logits
{
    /// <summary>Compares rows with columns, [n, E] and [M, E], to [n, M].</summary>
    public static Tensor Of(Tensor rows, Tensor columns, Tensor scale, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var logits = (rows * scale).matmul(columns.t());
        return (bias is null ? logits : logits.Plus(bias)).MoveToOuterDisposeScope();
    }
}
