namespace Clip.Losses;

/// <summary>What all losses do with their arguments first.</summary>
internal static class LossArguments
{
    public static void RequirePairs(Tensor images, Tensor texts)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(texts);
        if (images.dim() != 2 || !images.shape.SequenceEqual(texts.shape) || images.shape[0] == 0)
        {
            throw new ArgumentException(
                $"Image and text embeddings must both be [N, E], one row per pair, but were [{string.Join(", ", images.shape)}] and [{string.Join(", ", texts.shape)}].",
                nameof(texts));
        }
        RequireFloatingPoint(images, nameof(images));
        RequireFloatingPoint(texts, nameof(texts));
    }

    public static void RequireScalar(Tensor value, string name)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        if (value.numel() != 1)
            throw new ArgumentException($"It must be a scalar but was [{string.Join(", ", value.shape)}].", name);
    }

    public static void RequireFloatingPoint(Tensor embeddings, string name)
    {
        if (!embeddings.is_floating_point())
            throw new ArgumentException($"Embeddings must be floating-point numbers but were {embeddings.dtype}.", name);
    }

    /// <summary>The dtype to compute in: sums over a batch need float32 at least.</summary>
    public static ScalarType DTypeOf(Tensor embeddings) =>
        embeddings.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    public static Tensor Prepare(Tensor embeddings, ScalarType dtype, bool normalize)
    {
        using var scope = NewDisposeScope();
        var precise = embeddings.to(dtype);
        return (normalize ? nn.functional.normalize(precise, dim: 1) : precise.alias()).MoveToOuterDisposeScope();
    }

    public static int? RequireChunk(int? chunkSize)
    {
        if (chunkSize is { } size)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(chunkSize));
        return chunkSize;
    }
}
