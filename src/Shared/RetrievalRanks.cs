using System.Runtime.InteropServices;

namespace Clip.Shared;

/// <summary>At which place queries find their right candidates, among all candidates by similarity.</summary>
/// <remarks>
/// A wrong candidate that is exactly as similar as the right one, or whose similarity is NaN, is put before it, and a right one of NaN
/// is never found: a model that gives everything the same embedding, or none, finds nothing.
/// </remarks>
internal static class RetrievalRanks
{
    /// <summary>The rank of a query that finds none of its candidates.</summary>
    public const int NotFound = int.MaxValue;

    // 64 MB of similarities at once.
    private const int MostSimilarities = 1 << 24;

    /// <summary>Ranks the best right candidate of every query, in blocks of bounded memory.</summary>
    /// <param name="queries">Embeddings of unit length [N, E], float32.</param>
    /// <param name="candidates">Embeddings of unit length [M, E], float32, on the same device.</param>
    /// <param name="rightOf">The indices of a query's right candidates.</param>
    /// <param name="cancellationToken">Ends the work between blocks.</param>
    /// <returns>For each query how many wrong candidates come before the first right one, or <see cref="NotFound"/>.</returns>
    public static int[] Compute(Tensor queries, Tensor candidates, Func<int, IReadOnlyList<int>> rightOf, CancellationToken cancellationToken)
    {
        var (count, width) = ((int)queries.shape[0], (int)candidates.shape[0]);
        var ranks = new int[count];
        var rowsPerBlock = Math.Max(1, MostSimilarities / width);
        for (var first = 0; first < count; first += rowsPerBlock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = Math.Min(rowsPerBlock, count - first);
            var similarities = queries.narrow(0, first, rows).matmul(candidates.t()).cpu();              // [rows, M]
            Rank(similarities, row => rightOf(first + row), ranks.AsSpan(first, rows));
        }
        return ranks;
    }

    private static void Rank(Tensor similarities, Func<int, IReadOnlyList<int>> rightOf, Span<int> ranks)
    {
        var width = (int)similarities.shape[1];
        var values = MemoryMarshal.Cast<byte, float>(similarities.bytes);
        var best = new float[ranks.Length];
        var rightAsGood = new int[ranks.Length];
        for (var row = 0; row < ranks.Length; row++)
        {
            var line = values.Slice(row * width, width);
            best[row] = float.NaN;
            foreach (var right in rightOf(row))
                best[row] = float.IsNaN(best[row]) || line[right] > best[row] ? line[right] : best[row];
            foreach (var right in rightOf(row))
                rightAsGood[row] += line[right] < best[row] ? 0 : 1;
        }

        var atLeast = MemoryMarshal.Cast<byte, long>(similarities.lt(tensor(best).unsqueeze(1)).logical_not().sum(dim: 1).bytes);
        for (var row = 0; row < ranks.Length; row++)
            ranks[row] = float.IsFinite(best[row]) ? (int)atLeast[row] - rightAsGood[row] : NotFound;
    }
}
