namespace Clip.Models;

/// <summary>Sizes of a ViTamin: two stages of convolutions, then transformer blocks with gated MLPs.</summary>
/// <remarks>Source: Chen et al. 2024, "ViTamin: Designing Scalable Vision Models in the Vision-Language Era".</remarks>
public sealed record ViTaminConfig : TimmTowerConfig
{
    /// <summary>Pixels per row that become one token.</summary>
    internal const int Stride = 16;

    /// <summary>Convolutions that look at every second pixel.</summary>
    internal const int Halvings = 4;

    /// <summary>Hidden channels of the gated MLPs for each channel.</summary>
    internal const int MlpRatio = 2;

    /// <summary>Channels of the stem.</summary>
    public required int StemWidth { get; init; }

    /// <summary>Channels of the two stages of convolutions.</summary>
    public required ValueList<int> StageWidths { get; init; }

    /// <summary>Blocks of the two stages of convolutions.</summary>
    public required ValueList<int> StageBlocks { get; init; }

    /// <summary>Channels per token.</summary>
    public required int Width { get; init; }

    /// <summary>Number of transformer blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads per block; each sees Width / Heads channels.</summary>
    public required int Heads { get; init; }

    /// <summary>Whether tokens have learned positions; the largest models have none.</summary>
    public bool HasPositions { get; init; } = true;

    /// <summary>Added to the variance in every layer norm (timm, vitamin.py).</summary>
    internal const double NormEpsilon = 1e-6;

    /// <inheritdoc/>
    public override int FeatureSize => Width;

    /// <summary>Tokens per column and per row of the image.</summary>
    public ImageSize Grid => new(Tokens(Resolution.Height), Tokens(Resolution.Width));

    internal override ImageFamily Family => ViTaminFamily.Instance;

    internal override ImageTowerOutline Outline =>
        new(ViTaminFamily.Name, HasPositions ? Grid.SquareSide * Stride : null, null, Width, Layers);

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        check.InRange(Resolution.Height, Stride, ConfigCheck.LargestResolution, "Resolution.Height");
        check.InRange(Resolution.Width, Stride, ConfigCheck.LargestResolution, "Resolution.Width");
        check.InRange(StemWidth, 1, ConfigCheck.LargestWidth);
        check.That(
            StageWidths.Count == 2 && StageBlocks.Count == 2,
            nameof(StageWidths),
            $"there are two stages of convolutions, not {StageWidths.Count} widths and {StageBlocks.Count} numbers of blocks");
        foreach (var width in StageWidths)
            check.InRange(width, 1, ConfigCheck.LargestWidth, nameof(StageWidths));
        foreach (var blocks in StageBlocks)
            check.InRange(blocks, 1, ConfigCheck.MostLayers, nameof(StageBlocks));
        check.InRange(Width, 1, ConfigCheck.LargestWidth);
        check.InRange(Layers, 1, ConfigCheck.MostLayers);
        check.InRange(Heads, 1, Width);
        check.That(Width % Heads == 0, nameof(Heads), $"a width of {Width} does not divide into {Heads} heads");
    }

    // Each halving rounds up.
    private static int Tokens(int pixels) => (pixels + Stride - 1) / Stride;
}
