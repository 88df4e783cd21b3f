namespace Clip.Models;

/// <summary>Sizes of a ConvNeXt: stages of depthwise convolutions and MLPs, each at half the resolution of the one before it.</summary>
/// <remarks>Source: Liu et al. 2022, "A ConvNet for the 2020s"; the response norm is Woo et al.'s (2023, "ConvNeXt V2").</remarks>
public sealed record ConvNextConfig : TimmTowerConfig
{
    /// <summary>Pixels per row that become one in the stem.</summary>
    internal const int StemStride = 4;

    /// <summary>Blocks of each stage.</summary>
    public required ValueList<int> Blocks { get; init; }

    /// <summary>Channels of each stage.</summary>
    public required ValueList<int> Widths { get; init; }

    /// <summary>Added to the variance in every layer norm.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The initial value of a learned gain per channel on each block's branch; null for no such gains, as in the second version.</summary>
    public double? LayerScale { get; init; } = 1e-6;

    /// <summary>Whether the hidden channels of the MLPs compete with each other over the whole image, as in the second version.</summary>
    public bool ResponseNorm { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Widths[^1];

    internal override ImageFamily Family => ConvNextFamily.Instance;

    internal override ImageTowerOutline Outline => new(ConvNextFamily.Name, null, null, Widths[^1], Blocks.Sum());

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        check.That(
            Blocks.Count is > 0 and <= MostStages && Widths.Count == Blocks.Count,
            nameof(Widths),
            $"{Widths.Count} widths and {Blocks.Count} numbers of blocks are not the same 1 to {MostStages} stages");
        foreach (var blocks in Blocks)
            check.InRange(blocks, 1, ConfigCheck.MostLayers, nameof(Blocks));
        foreach (var width in Widths)
            check.InRange(width, 1, ConfigCheck.LargestWidth, nameof(Widths));
        var stride = StemStride << (Blocks.Count - 1);
        check.InRange(Resolution.Height, stride, ConfigCheck.LargestResolution, "Resolution.Height");
        check.InRange(Resolution.Width, stride, ConfigCheck.LargestResolution, "Resolution.Width");
        check.That(NormEpsilon is > 0 and < 1, nameof(NormEpsilon), $"{NormEpsilon} is not between 0 and 1");
        check.That(LayerScale is null || double.IsFinite(LayerScale.Value), nameof(LayerScale), "it must be a finite number");
    }

    private const int MostStages = 8;
}
