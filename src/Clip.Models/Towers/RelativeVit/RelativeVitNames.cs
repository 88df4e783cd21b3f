using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of timm's vision transformer with relative positions inside open_clip (timm, vision_transformer_relpos.py).</summary>
internal static class RelativeVitNames
{
    private const string Blocks = "visual.trunk.blocks.{i}", Positions = "visual.trunk.rel_pos.{i}";

    public static TowerNames Native { get; } = new(
        "open_clip ViT of timm with relative positions",
        [
            .. PatchTokensNames.Of("visual.trunk.embed", "visual.trunk"),
            .. TimmBlockNames.Of(Blocks, Blocks),
            .. RenameBoth($"{Positions}.fc1", $"{Blocks}.attn.rel_pos.mlp.fc1"),
            .. RenameBoth($"{Positions}.fc2", $"{Blocks}.attn.rel_pos.mlp.fc2"),
            new PrefixRule("visual.", "visual."),
        ]);
}
