using Clip.Models;

namespace Clip.Benchmarks.Peers.Flops;

/// <summary>Floating-point operations that this library does for an embedding: 2 M K N for every matrix product and convolution.</summary>
internal static class EncoderFlops
{
    /// <summary>Operations for one picture.</summary>
    public static double OfImage(DualEncoderConfig config) => config.Image switch
    {
        VisionTransformerConfig transformer => VisionTransformerFlops.Count(transformer, config.EmbeddingSize),
        ModifiedResNetConfig resNet => ResNetFlops.Count(resNet, config.EmbeddingSize),
        var other => throw new ArgumentException($"The operations of {other.GetType().Name} are not counted here.", nameof(config)),
    };

    /// <summary>Operations for one text.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="tokens">Tokens that the tower is given, start and end included.</param>
    public static double OfText(DualEncoderConfig config, int tokens) =>
        TransformerFlops.Count(((ClipTextConfig)config.Text).Transformer, tokens, lastTokens: 1) + 2.0 * ((ClipTextConfig)config.Text).Transformer.Width * config.EmbeddingSize;
}
