using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>What the kinds of image towers have in common that open_clip takes from timm.</summary>
internal abstract class TimmFamily : ImageFamily
{
    /// <summary>What such checkpoints are called in messages.</summary>
    protected abstract string Kind { get; }

    public sealed override ImageTower Create(ImageTowerConfig config, int embeddingSize, WeightFactory weights)
    {
        var timm = (TimmTowerConfig)config;
        return new TimmTower(timm, CreateTrunk(timm, timm.Head.Projection == TimmProjection.Classifier ? embeddingSize : null, weights), embeddingSize, weights);
    }

    /// <summary>Builds the trunk.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="classes">Outputs of its own classifier; null where it has none.</param>
    /// <param name="weights">Makes its weights.</param>
    protected abstract TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights);

    // A trunk whose parameters have other names than timm's says so in its own rules.
    public override TowerNames? Names(WeightLayout layout) =>
        layout == WeightLayout.Native ? new TowerNames($"open_clip {Kind}", [new PrefixRule("visual.", "visual.")]) : null;

    public sealed override ImageTowerConfig? TryReadOpenClip(ConfigSection vision, ImageSize resolution, bool quickGelu)
    {
        if (TimmSettings.TryRead(vision, resolution) is not { } settings || TryRead(settings) is not { } config)
            return null;
        vision.RequireOff("patch_dropout");
        settings.RefuseUnknown();
        return config;
    }

    /// <summary>Reads a tower of this kind; null where the name is another kind's.</summary>
    /// <param name="settings">What the config says.</param>
    protected abstract TimmTowerConfig? TryRead(TimmSettings settings);

    public sealed override JsonObject WriteOpenClip(ImageTowerConfig config, bool quickGelu) => Write((TimmTowerConfig)config);

    /// <summary>Writes vision_cfg.</summary>
    protected abstract JsonObject Write(TimmTowerConfig config);
}
