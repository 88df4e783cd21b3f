using System.Numerics.Tensors;

namespace Clip.ZeroShot.Classification;

/// <summary>Whether what a caller passes is an embedding of the model.</summary>
internal static class EmbeddingCheck
{
    // Rows that went through half precision on their way are a few units of 2^-11 off.
    private const double LengthTolerance = 2e-3;

    public static void Require(ReadOnlySpan<float> embedding, int size, string name)
    {
        if (embedding.Length != size)
            throw new ArgumentException($"An embedding of this model has {size} numbers, but this one has {embedding.Length}.", name);

        var length = Math.Sqrt(TensorPrimitives.SumOfSquares(embedding));
        if (!double.IsFinite(length))
            throw new ArgumentException("The embedding has numbers that are NaN or infinite.", name);
        if (Math.Abs(length - 1) > LengthTolerance)
            throw new ArgumentException($"The embedding has length {length:G6}; divide it by its length to make it 1.", name);
    }
}
