using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of timm's Swin Transformer inside open_clip (timm, swin_transformer.py), most of which are the tower's own.</summary>
internal static class SwinNames
{
    public static TowerNames Native { get; } = new(
        "open_clip Swin",
        [.. RenameBoth("visual.trunk.head", "visual.trunk.head.fc"), new PrefixRule("visual.", "visual.")],
        "relative_position_index", "attn_mask");      // buffers of older versions
}
