using Clip.Shared;

namespace Clip.ZeroShot.Evaluation;

/// <summary>Plain rows to one tensor, checked on the way.</summary>
internal static class FeatureRows
{
    /// <summary>Copies rows of equal length and finite elements.</summary>
    /// <param name="rows">The rows, at least one.</param>
    /// <param name="name">What the exception calls them.</param>
    /// <returns>[N, D] in float32 on the CPU, on the caller's scope.</returns>
    public static Tensor ToTensor(IReadOnlyList<float[]> rows, string name)
    {
        if (rows.Count == 0 || rows[0].Length == 0)
            throw new ArgumentException("There is no row.", name);

        var width = rows[0].Length;
        var all = empty([rows.Count, width], ScalarType.Float32, CPU);
        try
        {
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].Length != width)
                    throw new ArgumentException($"Row {i} has {rows[i].Length} numbers, but row 0 has {width}.", name);
                rows[i].CopyTo(TensorRows.Get<float>(all, i));
            }
            using var finite = all.isfinite();
            using var allFinite = finite.all();
            return allFinite.item<bool>() ? all : throw new ArgumentException("A number is NaN or infinite.", name);
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }
}
