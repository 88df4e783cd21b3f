namespace Clip.Models;

/// <summary>Sizes and choices of an image tower; its kind is its type.</summary>
public abstract record ImageTowerConfig
{
    private protected ImageTowerConfig()
    {
    }

    /// <summary>Size of the input, in pixels.</summary>
    public required ImageSize Resolution { get; init; }

    /// <summary>Channels of the features before the projection into the shared space.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>The side of the patches that images of any height and width must consist of; null for towers that take their resolution alone.</summary>
    public virtual int? FlexiblePatchSize => null;

    /// <summary>How images are prepared for towers of this kind, where the files of a model do not say so.</summary>
    public virtual UsualPreprocessing UsualPreprocessing => UsualPreprocessing.Clip;

    /// <summary>All that is particular to this kind of tower.</summary>
    internal abstract ImageFamily Family { get; }

    /// <summary>The sizes that also show in the shapes of the weights.</summary>
    internal abstract ImageTowerOutline Outline { get; }

    /// <summary>The same tower with features as embeddings; null for kinds that have no such form.</summary>
    internal virtual ImageTowerConfig? WithoutProjection() => null;

    internal abstract void Validate(ConfigCheck check);

    /// <summary>Channels of the tokens that a caption decoder looks at: all but the first; null for towers that have none for it.</summary>
    /// <param name="embeddingSize">Channels of the shared space.</param>
    internal virtual int? DecoderWidth(int embeddingSize) => null;

    /// <summary>Checks what depends on the shared space too.</summary>
    /// <param name="embeddingSize">Its channels.</param>
    /// <param name="check">The check of the whole config.</param>
    internal virtual void ValidateEmbedding(int embeddingSize, ConfigCheck check)
    {
    }
}
