namespace Clip.Models;

/// <summary>Sizes of the encoder of M2M-100 (Fan et al. 2020), which is NLLB's too: pre-norm, with sinusoids as positions.</summary>
public sealed record M2M100TextConfig : HuggingFaceTextEncoderConfig
{
    /// <summary>The blocks over the tokens.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Whether the vectors of tokens are multiplied by the square root of the width.</summary>
    public bool ScaleEmbedding { get; init; } = true;

    /// <inheritdoc/>
    public override int Width => Transformer.Width;

    /// <inheritdoc/>
    public override int Layers => Transformer.Layers;

    /// <inheritdoc/>
    public override Activation Activation => Transformer.Activation;

    internal override HuggingFaceTextKind Kind => M2M100TextKind.Instance;

    internal override void Validate(ConfigCheck check, TextTowerConfig tower)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.That(Transformer.Width is >= 4, nameof(TransformerConfig.Width), "sinusoids need four channels or more");
        base.Validate(check, tower);
    }
}
