using System.Numerics.Tensors;
using Clip.Shared.Search;

namespace Clip;

/// <summary>What is done with embeddings as plain rows: similarities, the best of them, probabilities.</summary>
public static class EmbeddingMath
{
    /// <summary>The cosine of the angle between two vectors, from -1 to 1; for rows of unit length it is their inner product.</summary>
    /// <param name="a">A vector.</param>
    /// <param name="b">A vector of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a vector is empty.</exception>
    public static float CosineSimilarity(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => TensorPrimitives.CosineSimilarity(a, b);

    /// <summary>Cosine similarities of every row of one list with every row of another.</summary>
    /// <param name="rows">N vectors of unit length, as the embedding methods return them.</param>
    /// <param name="columns">M vectors of unit length.</param>
    /// <returns>N rows of M similarities: images against texts where <paramref name="rows"/> are images.</returns>
    /// <exception cref="ArgumentException">Vectors differ in length.</exception>
    public static float[][] Similarities(IReadOnlyList<float[]> rows, IReadOnlyList<float[]> columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        var similarities = new float[rows.Count][];
        for (var i = 0; i < rows.Count; i++)
            similarities[i] = Similarities(rows[i], columns);
        return similarities;
    }

    /// <summary>Cosine similarities of one vector with many.</summary>
    /// <param name="query">A vector of unit length.</param>
    /// <param name="columns">M vectors of unit length.</param>
    /// <returns>M similarities.</returns>
    /// <exception cref="ArgumentException">Vectors differ in length.</exception>
    public static float[] Similarities(ReadOnlySpan<float> query, IReadOnlyList<float[]> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var similarities = new float[columns.Count];
        for (var j = 0; j < similarities.Length; j++)
            similarities[j] = TensorPrimitives.Dot(query, columns[j]);
        return similarities;
    }

    /// <summary>The best scores, highest first; of equal ones the earlier first, and NaN last.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="k">How many at most, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is negative.</exception>
    public static IReadOnlyList<ScoredIndex> TopK(ReadOnlySpan<float> scores, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        k = Math.Min(k, scores.Length);
        if (k == 0)
            return [];

        var best = new TopRows(k);
        for (var i = 0; i < scores.Length; i++)
            best.Add(new ScoredRow(scores[i], i));
        return Array.ConvertAll(best.ToArray(), row => new ScoredIndex((int)row.Row, row.Closeness));
    }

    /// <summary>Probabilities that sum to 1.</summary>
    /// <param name="logits">Scaled similarities; any finite values.</param>
    public static float[] Softmax(ReadOnlySpan<float> logits)
    {
        if (logits.IsEmpty)
            return [];
        var probabilities = new float[logits.Length];
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);      // the largest becomes 0: nothing overflows
        TensorPrimitives.Exp(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
        return probabilities;
    }
}
