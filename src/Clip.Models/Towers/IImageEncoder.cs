namespace Clip.Models;

/// <summary>What an image encoder is asked for in inference.</summary>
public interface IImageEncoder
{
    /// <summary>The encoder's sizes.</summary>
    ImageTowerConfig Config { get; }

    /// <summary>Images that a CPU computes at once: more of them pay nothing, and packed encoders compute larger batches in parts of this size.</summary>
    int PreferredBatch { get; }

    /// <summary>Embeds images.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W] with the height and width of <see cref="ImageTowerConfig.Resolution"/>.</param>
    /// <returns>Embeddings [N, E], not normalized.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    Tensor GetEmbeddings(Tensor pixels);

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <returns>Features [N, F] with F of <see cref="ImageTowerConfig.FeatureSize"/> channels, or the embeddings' behind an attentional pooler.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    Tensor GetFeatures(Tensor pixels);

    /// <summary>Computes what is pooled: the last layer at every position of the image.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <returns>Tokens [N, L, W], row by row of the image; a class token is the first.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    Tensor GetTokens(Tensor pixels);
}
