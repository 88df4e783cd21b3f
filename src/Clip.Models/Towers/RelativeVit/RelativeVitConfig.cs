namespace Clip.Models;

/// <summary>Sizes and choices of a vision transformer whose tokens have no positions: attention tells places apart by how far they are from each other.</summary>
/// <remarks>The choices are those of timm's VisionTransformerRelPos (vision_transformer_relpos.py) with a class token.</remarks>
public sealed record RelativeVitConfig : TimmTowerConfig
{
    /// <summary>Side of a square patch, in pixels. Divides both sides of <see cref="ImageTowerConfig.Resolution"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The blocks over the class token and the patches.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Hidden channels of the MLPs, one in each block, from the displacement of two patches to what is added to their attention.</summary>
    public required int PositionWidth { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>How the tokens become one feature vector; an average leaves the class token out.</summary>
    public ImagePooling Pooling { get; init; } = ImagePooling.ClassToken;

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <summary>Patches per column and per row of the image.</summary>
    public ImageSize Grid => new(Resolution.Height / PatchSize, Resolution.Width / PatchSize);

    internal override ImageFamily Family => RelativeVitFamily.Instance;

    // Nothing among the weights depends on the resolution.
    internal override ImageTowerOutline Outline => new(RelativeVitFamily.Name, null, PatchSize, Transformer.Width, Transformer.Layers);

    internal PatchTokensConfig Patches => new() { PatchSize = PatchSize, Width = Transformer.Width, Grid = Grid, HasPositions = false };

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.InRange(PositionWidth, 1, ConfigCheck.LargestWidth);
        check.IsDefined(Pooling);
    }
}
