namespace Clip.Models;

/// <summary>What a text encoder is asked for in inference.</summary>
public interface ITextEncoder
{
    /// <summary>The encoder's sizes.</summary>
    TextTowerConfig Config { get; }

    /// <summary>Embeds texts.</summary>
    /// <param name="tokens">
    /// Token ids [N, L], integers, padded after the end token. Where the config <see cref="TextTowerConfig.TakesShorterTexts"/>, any L up
    /// to <see cref="TextTowerConfig.ContextLength"/>; other encoders see the padding too and take the full length only.
    /// </param>
    /// <returns>Embeddings [N, E], not normalized.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor GetEmbeddings(Tensor tokens);

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Features [N, F] with F of <see cref="TextTowerConfig.FeatureSize"/> channels.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor GetFeatures(Tensor tokens);

    /// <summary>Computes the normalized output of the last block at every token.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Tokens [N, L, W]; an encoder with a class token appends it as the last.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor GetTokens(Tensor tokens);
}
