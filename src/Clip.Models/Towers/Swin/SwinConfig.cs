namespace Clip.Models;

/// <summary>Sizes of a Swin Transformer: stages of attention within windows, each at half the resolution of the one before it.</summary>
/// <remarks>Source: Liu et al. 2021, "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows".</remarks>
public sealed record SwinConfig : TimmTowerConfig
{
    /// <summary>Added to the variance in every layer norm (timm, swin_transformer.py).</summary>
    internal const double NormEpsilon = 1e-5;

    /// <summary>Hidden channels of the MLPs for each channel.</summary>
    internal const int MlpRatio = 4;

    private const int MostStages = 8;

    /// <summary>Side of a square patch, in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Channels of the first stage; each further stage has twice as many.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks of each stage; every second one shifts its windows by half.</summary>
    public required ValueList<int> Blocks { get; init; }

    /// <summary>Attention heads of each stage.</summary>
    public required ValueList<int> Heads { get; init; }

    /// <summary>Places per row and column of a window; a stage that is smaller has one window and no shift.</summary>
    public required int Window { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => WidthOf(Blocks.Count - 1);

    internal override ImageFamily Family => SwinFamily.Instance;

    internal override ImageTowerOutline Outline => new(SwinFamily.Name, null, PatchSize, Width, Blocks.Sum());

    /// <summary>Channels of a stage.</summary>
    internal int WidthOf(int stage) => Width << stage;

    /// <summary>Places of a stage.</summary>
    internal ImageSize GridOf(int stage) => new(Resolution.Height / PatchSize >> stage, Resolution.Width / PatchSize >> stage);

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        check.That(
            Blocks.Count is > 0 and <= MostStages && Heads.Count == Blocks.Count,
            nameof(Heads),
            $"{Heads.Count} numbers of heads and {Blocks.Count} numbers of blocks are not the same 1 to {MostStages} stages");
        check.InRange(PatchSize, 1, ConfigCheck.LargestResolution);
        check.InRange(Window, 1, ConfigCheck.LargestResolution);
        check.InRange(Width, 1, ConfigCheck.LargestWidth >> (Blocks.Count - 1));
        foreach (var blocks in Blocks)
            check.InRange(blocks, 1, ConfigCheck.MostLayers, nameof(Blocks));
        for (var stage = 0; stage < Heads.Count; stage++)
        {
            check.InRange(Heads[stage], 1, WidthOf(stage), nameof(Heads));
            check.That(WidthOf(stage) % Heads[stage] == 0, nameof(Heads), $"a width of {WidthOf(stage)} does not divide into {Heads[stage]} heads");
        }
        check.InRange(Resolution.Height, 1, ConfigCheck.LargestResolution, "Resolution.Height");
        check.InRange(Resolution.Width, 1, ConfigCheck.LargestResolution, "Resolution.Width");
        // Where a stage had an odd side, timm would hide other places from each other than those that its windows join.
        var whole = (long)PatchSize << (Blocks.Count - 1);
        check.That(
            Resolution.Height % whole == 0 && Resolution.Width % whole == 0, nameof(Resolution),
            $"images of {Resolution} are no multiple of {whole} pixels, so that a stage cannot be halved");
    }
}
