namespace Clip.Models;

/// <summary>Sizes of ModernBERT's encoder (Warner et al. 2024): pre-norm, without biases, with rotary positions, gated MLPs, and blocks that see near tokens only.</summary>
public sealed record ModernBertTextConfig : HuggingFaceTextEncoderConfig
{
    /// <summary>The blocks over the tokens; <see cref="TransformerConfig.MlpWidth"/> are the hidden channels behind the gate.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>The most tokens of a text; 8,192 in the published models.</summary>
    public int Positions { get; init; } = 8192;

    /// <summary>Every how many blocks one sees all tokens; the first does, and those between see near ones only.</summary>
    public int GlobalInterval { get; init; } = 3;

    /// <summary>How many tokens the other blocks see around each, half of them on each side.</summary>
    public int LocalWindow { get; init; } = 128;

    /// <summary>The base of the rotary positions' frequencies in blocks that see all tokens.</summary>
    public double GlobalRotaryBase { get; init; } = 160_000;

    /// <summary>The base of the rotary positions' frequencies in the other blocks.</summary>
    public double LocalRotaryBase { get; init; } = 10_000;

    /// <inheritdoc/>
    public override int Width => Transformer.Width;

    /// <inheritdoc/>
    public override int Layers => Transformer.Layers;

    /// <inheritdoc/>
    public override Activation Activation => Transformer.Activation;

    internal override int? LongestText => Positions;

    internal override HuggingFaceTextKind Kind => ModernBertTextKind.Instance;

    internal override void Validate(ConfigCheck check, TextTowerConfig tower)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        var blocks = check.Of(nameof(Transformer));
        Transformer!.Validate(blocks);
        RotarySequence.Validate(blocks, Transformer.Width, Transformer.Heads);
        check.That(Transformer.LayerScale is null, nameof(TransformerConfig.LayerScale), "ModernBERT's blocks have none");
        check.InRange(Positions, 1, ConfigCheck.LongestContext);
        check.InRange(GlobalInterval, 1, ConfigCheck.MostLayers);
        check.InRange(LocalWindow, 1, ConfigCheck.LongestContext);
        check.That(GlobalRotaryBase is > 1 and < 1e12, nameof(GlobalRotaryBase), $"{GlobalRotaryBase} is not between 1 and 1e12");
        check.That(LocalRotaryBase is > 1 and < 1e12, nameof(LocalRotaryBase), $"{LocalRotaryBase} is not between 1 and 1e12");
        base.Validate(check, tower);
    }
}
