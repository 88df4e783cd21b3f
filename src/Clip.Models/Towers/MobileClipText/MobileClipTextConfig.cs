namespace Clip.Models;

/// <summary>Sizes of MobileCLIP-S0's text tower: a transformer between two blocks that mix neighboring tokens by convolutions (Vasu et al. 2024, section 3.2).</summary>
public sealed record MobileClipTextConfig : TextTowerConfig
{
    /// <summary>The blocks between the two.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Whether branches and their norms are one convolution each, as they are for inference; such a tower computes the same and has fewer weights.</summary>
    public bool Reparameterized { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <inheritdoc/>
    public override Activation Activation => Transformer.Activation;

    /// <inheritdoc/>
    public override bool TakesShorterTexts => false;

    /// <inheritdoc/>
    public override TextTowerConfig WithVocabulary(int size, int endTokenId) => this with { VocabularySize = size };

    internal override TextFamily Family => MobileClipTextFamily.Instance;

    internal override TextTowerOutline GetOutline(int embeddingSize) =>
        new(ContextLength, VocabularySize, Transformer.Width, Transformer.Layers, embeddingSize);

    internal override void Validate(ConfigCheck check)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.That(Transformer.Activation == Activation.Gelu, "Transformer.Activation", $"{Transformer.Activation} is not GELU, which the convolutions have");
        base.Validate(check);
    }
}
