using Clip.Models;

namespace Clip.Benchmarks.Peers.Flops;

/// <summary>Floating-point operations that this library does for an embedding: 2 M K N for every matrix product and convolution.</summary>
internal static class EncoderFlops
{
    /// <summary>Operations for one image.</summary>
    /// <exception cref="ArgumentException">Those of such a tower are not counted here.</exception>
    public static double OfImage(DualEncoderConfig config) =>
        TryOfImage(config) ?? throw new ArgumentException($"The operations of {config.Image.GetType().Name} are not counted here.", nameof(config));

    /// <summary>Operations for one image; null for towers whose operations are not counted here.</summary>
    public static double? TryOfImage(DualEncoderConfig config) => config.Image switch
    {
        VisionTransformerConfig transformer => VisionTransformerFlops.Count(transformer, config.EmbeddingSize),
        ModifiedResNetConfig resNet => ResNetFlops.Count(resNet, config.EmbeddingSize),
        _ => null,
    };

    /// <summary>Operations for one text.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="tokens">Tokens that the tower is given, start and end included.</param>
    public static double OfText(DualEncoderConfig config, int tokens) =>
        TransformerFlops.Count(((ClipTextConfig)config.Text).Transformer, tokens, lastTokens: 1) + 2.0 * ((ClipTextConfig)config.Text).Transformer.Width * config.EmbeddingSize;
}
