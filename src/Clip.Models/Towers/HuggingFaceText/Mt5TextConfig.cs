namespace Clip.Models;

/// <summary>Sizes of mT5's encoder (Xue et al. 2020): pre-norm, without biases, with positions as a bias of the attention.</summary>
public sealed record Mt5TextConfig : HuggingFaceTextEncoderConfig
{
    /// <summary>Channels of each attention head; all of them together need not be the width.</summary>
    public int HeadWidth { get; init; } = 64;

    /// <summary>Attention heads per block.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden channels of the gated MLPs.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Added to the mean square in every norm.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Groups of distances that have a bias each, half of them for each direction.</summary>
    public int DistanceBuckets { get; init; } = 32;

    /// <summary>The distance from which on all share the last bucket.</summary>
    public int FarthestDistance { get; init; } = 128;

    /// <inheritdoc cref="HuggingFaceTextEncoderConfig.Width"/>
    public required int Channels { get; init; }

    /// <inheritdoc cref="HuggingFaceTextEncoderConfig.Layers"/>
    public required int Blocks { get; init; }

    /// <inheritdoc/>
    public override int Width => Channels;

    /// <inheritdoc/>
    public override int Layers => Blocks;

    /// <inheritdoc/>
    public override Activation Activation => Activation.GeluTanh;

    internal override HuggingFaceTextKind Kind => Mt5TextKind.Instance;

    internal override void Validate(ConfigCheck check, TextTowerConfig tower)
    {
        check.InRange(Channels, 1, ConfigCheck.LargestWidth);
        check.InRange(Blocks, 1, ConfigCheck.MostLayers);
        check.InRange(Heads, 1, ConfigCheck.LargestWidth);
        check.InRange(HeadWidth, 1, ConfigCheck.LargestWidth);
        check.That((long)Heads * HeadWidth <= ConfigCheck.LargestWidth, nameof(Heads), $"{Heads} heads of {HeadWidth} channels are too many");
        check.InRange(MlpWidth, 1, ConfigCheck.LargestWidth * 4);
        check.That(NormEpsilon is > 0 and < 1, nameof(NormEpsilon), $"{NormEpsilon} is not between 0 and 1");
        check.InRange(DistanceBuckets, 4, ConfigCheck.LongestContext);
        check.That(DistanceBuckets % 4 == 0, nameof(DistanceBuckets), $"{DistanceBuckets} is not a multiple of 4");
        check.InRange(FarthestDistance, DistanceBuckets / 4 + 1, ConfigCheck.LongestContext);
        base.Validate(check, tower);
    }
}
