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

    /// <summary>Embeds every place of images: what the image's embedding would be if the pooling saw that place alone.</summary>
    /// <remarks>
    /// <para>
    /// Patches take the place of a class token, and attention that pools is computed for one of them at a time. In the last transformer blocks each
    /// attends to itself alone, which keeps it from taking over what others have: Zhou et al. 2022, "Extract Free Dense Labels from CLIP", section 3.2, where it is
    /// the last block.
    /// </para>
    /// <para>Earlier layers have let places see each other, so that a place also knows of its surroundings.</para>
    /// </remarks>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <param name="localBlocks">
    /// How many of the last transformer blocks are such, at least 0; more than there are mean all. Towers of convolutions have none and take no notice.
    /// </param>
    /// <returns>Embeddings [N, h, w, E], not normalized: h rows of w places, a patch or what convolutions made of it.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    /// <exception cref="NotSupportedException">The tower's tokens are no grid over the image.</exception>
    Tensor GetDenseEmbeddings(Tensor pixels, int localBlocks = 1);
}
