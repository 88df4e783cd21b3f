namespace Clip.Models;

/// <summary>Computes large batches in parts.</summary>
internal static class Passes
{
    /// <summary>Computes a batch, in parts of nearly the same size where it is too large.</summary>
    /// <param name="input">The batch [N, ...].</param>
    /// <param name="most">Rows of it that pass at once, at least 1.</param>
    /// <param name="compute">Computes some rows.</param>
    /// <returns>All results; call it in a dispose scope.</returns>
    public static Tensor Compute(Tensor input, long most, Func<Tensor, Tensor> compute)
    {
        var rows = input.shape[0];
        return rows <= most
            ? compute(input)
            : cat([.. EvenParts.Of(rows, most).Select(part => compute(input.narrow(0, part.First, part.Count)))], 0);
    }
}
