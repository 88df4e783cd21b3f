using System.Numerics.Tensors;

namespace Clip.Cli.Search;

/// <summary>Rows of unit length. What is not finite fits every query or none, and one such row is enough to make an index useless.</summary>
internal static class UnitRow
{
    /// <summary>How far from 1 a length may be: rounding to float32 moves it by less than 1e-6.</summary>
    public const float Tolerance = 1e-4f;

    /// <summary>How far from 1 the length of a row in float16 may be: rounding moves each number, and so the length, by 2^-11 of it at most.</summary>
    public const float HalfTolerance = 1e-3f;

    /// <summary>Whether a row is finite and of unit length.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tolerance">How far from 1 its length may be.</param>
    public static bool Is(ReadOnlySpan<float> row, float tolerance = Tolerance) => Math.Abs(TensorPrimitives.Norm(row) - 1) <= tolerance;

    /// <summary>Rounds the numbers of a row to what float16 holds.</summary>
    /// <param name="row">The row.</param>
    public static void RoundToHalf(float[] row)
    {
        for (var i = 0; i < row.Length; i++)
            row[i] = (float)(Half)row[i];
    }

    /// <summary>Why an image has no such row; null where it has.</summary>
    /// <param name="embedding">What became of the image.</param>
    public static Exception? FindProblem(ImageEmbedding embedding) =>
        embedding.Error is { } error ? error : Is(embedding.Vector) ? null : Problem(embedding.Name);

    /// <summary>Requires the embedding of something that cannot be left out.</summary>
    /// <param name="name">The image or the text.</param>
    /// <param name="row">Its embedding.</param>
    /// <exception cref="FailureException">It is no such row.</exception>
    public static float[] Require(string name, float[] row) => Is(row) ? row : throw Problem(name);

    private static FailureException Problem(string name) =>
        new($"'{name}' has no embedding: the model's numbers are not finite. --precision f32 has the widest range; if that does not help, the weights are broken.");
}
