using Clip.Shared;

namespace Clip.Models;

/// <summary>Cosine similarities as logits.</summary>
internal static class Similarity
{
    /// <summary>Scaled similarities of every image with every text, plus a bias.</summary>
    /// <param name="images">Image embeddings [N, E].</param>
    /// <param name="texts">Text embeddings [M, E].</param>
    /// <param name="logScale">The scale's logarithm, a scalar.</param>
    /// <param name="bias">A scalar; null for none.</param>
    /// <returns>Logits [N, M].</returns>
    public static Tensor GetLogits(Tensor images, Tensor texts, Tensor logScale, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var similarities = UnitLength(images).matmul(UnitLength(texts).t());       // [N, M]
        var logits = similarities * logScale.exp().to(similarities.dtype);
        if (bias is not null)
            logits = logits.Plus(bias.to(similarities.dtype));
        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings of unit length, in their dtype.</summary>
    /// <remarks>Lengths are summed in float32 at least: half precision overflows from 256 upwards, squared.</remarks>
    public static Tensor UnitLength(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var precise = embeddings.dtype == ScalarType.Float64 ? embeddings : embeddings.to(ScalarType.Float32);
        return nn.functional.normalize(precise, dim: -1).to(embeddings.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Computes embeddings, of unit length if they are wanted so.</summary>
    public static Tensor Encode(Func<Tensor, Tensor> encode, Tensor input, bool normalize)
    {
        if (!normalize)
            return encode(input);

        using var embeddings = encode(input);
        return UnitLength(embeddings);
    }
}
