namespace Clip.Models;

/// <summary>Sizes of an EVA tower.</summary>
/// <remarks>Source: Sun et al. 2023, "EVA-CLIP: Improved Training Techniques for CLIP at Scale".</remarks>
public sealed record EvaConfig : TimmTowerConfig
{
    // timm's default for layer norms; the grid of pretraining, to which EVA-02 squeezes coordinates.
    internal const double NormEpsilon = 1e-6;
    internal static readonly ImageSize UsualReferenceGrid = 16;

    /// <summary>Side of a square patch, in pixels. Divides both sides of <see cref="ImageTowerConfig.Resolution"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>What the blocks compute.</summary>
    public required EvaBlockKind Blocks { get; init; }

    /// <summary>Channels per token. A multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads per block.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden channels of the MLPs.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>The grid to which the coordinates of patches are scaled before they become angles, in <see cref="EvaBlockKind.Gated"/> blocks.</summary>
    public ImageSize ReferenceGrid { get; init; } = UsualReferenceGrid;

    /// <inheritdoc/>
    public override int FeatureSize => Width;

    /// <summary>Patches per column and per row of the image.</summary>
    public ImageSize Grid => new(Resolution.Height / PatchSize, Resolution.Width / PatchSize);

    internal override ImageFamily Family => EvaFamily.Instance;

    internal override ImageTowerOutline Outline => new(EvaFamily.Name, Resolution.SquareSide, PatchSize, Width, Layers);

    internal PatchTokensConfig Patches => new() { PatchSize = PatchSize, Width = Width, Grid = Grid };

    internal RotaryGrid Rotary => new() { Grid = Grid, Reference = ReferenceGrid, HeadSize = Width / Heads, PrefixTokens = 1 };

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.IsDefined(Blocks);
        check.InRange(Width, 1, ConfigCheck.LargestWidth);
        check.InRange(Layers, 1, ConfigCheck.MostLayers);
        check.InRange(Heads, 1, Width);
        check.That(Width % Heads == 0, nameof(Heads), $"a width of {Width} does not divide into {Heads} heads");
        check.InRange(MlpWidth, 1, ConfigCheck.LargestWidth * 4);
        if (Blocks != EvaBlockKind.Gated)
            return;
        RotaryGrid.Validate(check, Width, Heads);
        check.InRange(ReferenceGrid.Height, 1, ConfigCheck.LargestResolution, "ReferenceGrid.Height");
        check.InRange(ReferenceGrid.Width, 1, ConfigCheck.LargestResolution, "ReferenceGrid.Width");
    }
}
