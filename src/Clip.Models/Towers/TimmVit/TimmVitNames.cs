using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of timm's vision transformer inside open_clip (timm, vision_transformer.py).</summary>
internal static class TimmVitNames
{
    public static TowerNames Native { get; } = new(
        "open_clip ViT of timm",
        [
            .. PatchTokensNames.Of("visual.trunk.embed", "visual.trunk"),
            .. TimmBlockNames.Of("visual.trunk.transformer.resblocks.{i}", "visual.trunk.blocks.{i}"),
            .. RenameBoth("visual.trunk.ln_post", "visual.trunk.norm"),
            new PrefixRule("visual.", "visual."),
        ]);
}
