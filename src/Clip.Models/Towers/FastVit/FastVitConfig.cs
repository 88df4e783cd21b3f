namespace Clip.Models;

/// <summary>Sizes of a FastViT image tower, as MobileCLIP and MobileCLIP2 have it (Vasu et al. 2024; Faghri et al. 2025).</summary>
/// <remarks>
/// There are two kinds. With four stages the last attends and two are gated; with five stages the last two attend and none is gated, as in
/// MobileCLIP2-S3 and S4.
/// </remarks>
public sealed record FastVitConfig : TimmTowerConfig
{
    private const int StagesWithMoreAttention = 5;

    /// <summary>Blocks in each stage; four stages or five.</summary>
    public required ValueList<int> Blocks { get; init; }

    /// <summary>Channels of each stage; those of stages that attend are multiples of 32, the width of a head.</summary>
    public required ValueList<int> Widths { get; init; }

    /// <summary>Whether branches and their norms are one convolution each, as they are for inference; such a tower computes the same and has fewer weights.</summary>
    public bool Reparameterized { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => 2 * Widths[^1];

    /// <inheritdoc/>
    public override UsualPreprocessing UsualPreprocessing => HasFiveStages ? UsualPreprocessing.Clip : UsualPreprocessing.MobileClip;

    /// <summary>Hidden channels of an MLP for each channel.</summary>
    internal int MlpRatio => HasFiveStages ? 4 : 3;

    /// <summary>Whether 1 x 1 convolutions stand beside those of the stem.</summary>
    internal bool StemHasPointwise => !HasFiveStages;

    /// <summary>Whether the norm before attention is one over channels, not over the batch.</summary>
    internal bool HasLayerNorm => HasFiveStages;

    internal override ImageFamily Family => FastVitFamily.Instance;

    internal override ImageTowerOutline Outline => new(FastVitFamily.Name, null, null, Widths[0], Blocks.Sum());

    private bool HasFiveStages => Blocks.Count == StagesWithMoreAttention;

    /// <summary>Whether a stage attends.</summary>
    internal bool Attends(int stage) => stage >= 3;

    /// <summary>Whether what halves the image before a stage is gated.</summary>
    internal bool IsGated(int stage) => !HasFiveStages && stage >= 2;

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        check.InRange(Resolution.Height, 1, ConfigCheck.LargestResolution, "Resolution.Height");
        check.InRange(Resolution.Width, 1, ConfigCheck.LargestResolution, "Resolution.Width");
        check.That(Blocks.Count is 4 or StagesWithMoreAttention, nameof(Blocks), $"there must be four or five stages but are {Blocks.Count}");
        check.That(Widths.Count == Blocks.Count, nameof(Widths), $"there are {Widths.Count} for {Blocks.Count} stages");
        for (var stage = 0; stage < Blocks.Count; stage++)
        {
            check.InRange(Blocks[stage], 1, ConfigCheck.MostLayers, $"Blocks[{stage}]");
            check.InRange(Widths[stage], 1, ConfigCheck.LargestWidth / 2, $"Widths[{stage}]");
            check.That(
                !Attends(stage) || Widths[stage] % GridAttention.HeadWidth == 0, $"Widths[{stage}]",
                $"{Widths[stage]} channels do not divide into heads of {GridAttention.HeadWidth}");
            // A depthwise convolution between stages has a whole number of outputs for each input.
            check.That(
                stage == 0 || Widths[stage] % Widths[stage - 1] == 0, $"Widths[{stage}]",
                $"{Widths[stage]} is no multiple of the {Widths[Math.Max(0, stage - 1)]} channels of the stage before");
        }
    }
}
