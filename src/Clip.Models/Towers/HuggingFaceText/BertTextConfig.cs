namespace Clip.Models;

/// <summary>Sizes of BERT's encoder (Devlin et al. 2018), or of RoBERTa's and XLM-R's, which count positions otherwise.</summary>
public sealed record BertTextConfig : HuggingFaceTextEncoderConfig
{
    /// <summary>The blocks over the tokens, which are post-norm.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Rows of the table of positions; 512 in BERT, 514 in RoBERTa.</summary>
    public int Positions { get; init; } = 512;

    /// <summary>Rows of the table of token types, of which the first alone is used.</summary>
    public int TokenTypes { get; init; } = 2;

    /// <summary>Whether positions are counted from the padding id on, over the tokens that are no padding, as in RoBERTa.</summary>
    public bool PositionsFollowPadding { get; init; }

    /// <inheritdoc/>
    public override int Width => Transformer.Width;

    /// <inheritdoc/>
    public override int Layers => Transformer.Layers;

    /// <inheritdoc/>
    public override Activation Activation => Transformer.Activation;

    internal override int? LongestText => PositionsFollowPadding ? Positions - PaddingId - 1 : Positions;

    internal override int PositionRows => Positions;

    internal override HuggingFaceTextKind Kind => BertTextKind.Instance;

    internal override void Validate(ConfigCheck check, TextTowerConfig tower)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.That(Transformer.LayerScale is null, nameof(TransformerConfig.LayerScale), "post-norm blocks have none");
        check.InRange(Positions, 1, ConfigCheck.LongestContext);
        check.InRange(TokenTypes, 1, ConfigCheck.LongestContext);
        base.Validate(check, tower);
    }
}
