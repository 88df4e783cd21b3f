namespace Clip.Models;

/// <summary>Sizes and choices of an image tower that open_clip takes from timm: a trunk of some kind and a head.</summary>
public abstract record TimmTowerConfig : ImageTowerConfig
{
    private protected TimmTowerConfig()
    {
    }

    /// <summary>How the trunk's features become embeddings.</summary>
    public required TimmHeadConfig Head { get; init; }

    internal sealed override void ValidateEmbedding(int embeddingSize, ConfigCheck check) => check.That(
        Head.Projection != TimmProjection.None || FeatureSize == embeddingSize,
        nameof(DualEncoderConfig.EmbeddingSize),
        $"image features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");

    internal override void Validate(ConfigCheck check)
    {
        check.That(Head is not null, nameof(Head), "it is missing");
        check.IsDefined(Head!.Projection);
    }
}
