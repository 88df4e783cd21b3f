namespace Clip.Models;

/// <summary>What a text encoder is asked for in inference.</summary>
public interface ITextEncoder
{
    /// <summary>The encoder's sizes.</summary>
    TextTowerConfig Config { get; }

    /// <summary>Tokens, padding included, that a CPU computes at once: more of them pay nothing, and packed encoders compute larger batches in parts of this size.</summary>
    int PreferredTokens { get; }

    /// <summary>Embeds texts.</summary>
    /// <param name="tokens">
    /// Token ids [N, L], integers, padded after the end token. A causal encoder takes any L up to <see cref="TextTowerConfig.ContextLength"/>;
    /// others see the padding too and take the full length only.
    /// </param>
    /// <returns>Embeddings [N, E], not normalized.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor GetEmbeddings(Tensor tokens);

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Features [N, W].</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor GetFeatures(Tensor tokens);

    /// <summary>Computes the normalized output of the last block at every token.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Tokens [N, L, W]; an encoder with a class token appends it as the last.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor GetTokens(Tensor tokens);
}
