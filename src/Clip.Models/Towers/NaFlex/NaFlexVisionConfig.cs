namespace Clip.Models;

/// <summary>Sizes and choices of an image tower for images of any aspect ratio, NaFlex: SigLIP 2's, and timm's NaFlexVit.</summary>
/// <remarks>
/// Source: Tschannen et al. 2025, "SigLIP 2", section 2.4.2; Dehghani et al. 2023, "Patch n' Pack: NaViT".
/// <see cref="ImageTowerConfig.Resolution"/> is one size among those that the tower takes.
/// </remarks>
public sealed record NaFlexVisionConfig : TimmTowerConfig
{
    /// <summary>Side of a square patch, in pixels. Divides both sides of every image.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The most patches of an image that preprocessing makes.</summary>
    public required int MaxPatches { get; init; }

    /// <summary>The grid of the learned position embeddings, which are resized to that of each image.</summary>
    public required ImageSize PositionGrid { get; init; }

    /// <summary>How they are resized.</summary>
    public required PositionInterpolation PositionInterpolation { get; init; }

    /// <summary>The blocks over the patches; a pooling head has the same width, heads and activation.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Learned tokens that stand before those of the patches and see all of them (Darcet et al. 2023, "Vision Transformers Need Registers").</summary>
    public int Registers { get; init; }

    /// <summary>How the patches become one feature vector.</summary>
    public NaFlexPooling Pooling { get; init; }

    /// <summary>Hidden channels of the pooling head's MLP; null for those of the blocks.</summary>
    public int? PoolMlpWidth { get; init; }

    /// <summary>Whether queries, keys and values have a bias; keys have none where the MLPs are gated.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>
    /// Whether the blocks' MLPs multiply their hidden channels by a gate with SiLU (Shazeer 2020, "GLU Variants Improve Transformer", section 2,
    /// SwiGLU); <see cref="TransformerConfig.Activation"/> is then that of the pooling head alone.
    /// </summary>
    public bool GatedMlp { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <inheritdoc/>
    public override int? FlexiblePatchSize => PatchSize;

    /// <inheritdoc/>
    public override UsualPreprocessing UsualPreprocessing => IsSigLip ? UsualPreprocessing.SigLip : UsualPreprocessing.Clip;

    /// <summary>Whether pooled features are the embeddings, as SigLIP has it.</summary>
    internal bool IsSigLip => Head.Projection == TimmProjection.None;

    /// <summary>The most tokens of an image.</summary>
    internal int MostTokens => MaxPatches + Registers;

    internal override ImageFamily Family => NaFlexFamily.Instance;

    internal override ImageTowerOutline Outline => new(
        NaFlexFamily.Name, PositionGrid.SquareSide * PatchSize, PatchSize, Transformer.Width, Transformer.Layers);

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.InRange(MaxPatches, 1, ConfigCheck.LargestResolution);
        check.InRange(PositionGrid.Height, 1, ConfigCheck.LargestResolution, "PositionGrid.Height");
        check.InRange(PositionGrid.Width, 1, ConfigCheck.LargestResolution, "PositionGrid.Width");
        check.That(Enum.IsDefined(PositionInterpolation), nameof(PositionInterpolation), $"there is no {PositionInterpolation}");
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.InRange(Registers, 0, ConfigCheck.LargestResolution);
        check.IsDefined(Pooling);
        if (PoolMlpWidth is { } hidden)
            check.InRange(hidden, 1, ConfigCheck.LargestWidth * 4, nameof(PoolMlpWidth));
        check.That(PoolMlpWidth is null || Pooling == NaFlexPooling.Attention, nameof(PoolMlpWidth), "an average has no MLP");
    }
}
