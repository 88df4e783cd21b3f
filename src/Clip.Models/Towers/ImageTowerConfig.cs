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

    internal abstract void Validate(ConfigCheck check);
}
