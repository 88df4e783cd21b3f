namespace Clip.Models;

/// <summary>Sizes of AltCLIP's text tower (Chen et al. 2022): XLM-R, a norm and a linear layer before the projection.</summary>
public sealed record AltClipTextConfig : TextTowerConfig
{
    /// <summary>The encoder.</summary>
    public required BertTextConfig Encoder { get; init; }

    /// <summary>Channels behind the linear layer, from which texts are projected.</summary>
    public required int TransformedWidth { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => TransformedWidth;

    /// <inheritdoc/>
    public override Activation Activation => Encoder.Activation;

    /// <inheritdoc/>
    public override bool TakesShorterTexts => true;

    /// <inheritdoc/>
    public override TextTowerConfig WithVocabulary(int size, int endTokenId) => this with { VocabularySize = size };

    /// <inheritdoc/>
    public override int CountTokens(ReadOnlySpan<long> tokens) => TextPadding.CountTokens(tokens, Encoder.PaddingId);

    internal override TextFamily Family => AltClipTextFamily.Instance;

    internal override TextTowerOutline GetOutline(int embeddingSize) => new(Encoder.Positions, VocabularySize, Encoder.Width, Encoder.Layers, embeddingSize);

    internal override void Validate(ConfigCheck check)
    {
        check.That(Encoder is not null, nameof(Encoder), "it is missing");
        base.Validate(check);
        check.InRange(TransformedWidth, 1, ConfigCheck.LargestWidth);
        Encoder!.Validate(check.Of(nameof(Encoder)), this);
    }
}
