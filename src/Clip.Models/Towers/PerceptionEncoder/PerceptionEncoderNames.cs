using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of Perception Encoders in their two homes.</summary>
internal static class PerceptionEncoderNames
{
    private const string Trunk = "visual.trunk";

    /// <summary>timm's network inside open_clip (timm, eva.py).</summary>
    public static TowerNames Native { get; } = new(
        "open_clip PE-Core",
        [
            .. PatchTokensNames.Of($"{Trunk}.embed", Trunk),
            .. TimmBlockNames.Of($"{Trunk}.transformer.resblocks.{{i}}", $"{Trunk}.blocks.{{i}}"),
            .. RenameBoth($"{Trunk}.ln_post", $"{Trunk}.norm"),
            .. TimmBlockNames.Pool($"{Trunk}.attn_pool", $"{Trunk}.attn_pool"),
            new PrefixRule("visual.", "visual."),
        ]);

    /// <summary>Meta's code (facebookresearch/perception_models, core/vision_encoder/pe.py).</summary>
    public static TowerNames Original { get; } = new(
        "Meta PE-Core",
        [
            new PrefixRule($"{Trunk}.embed.", "visual."),
            .. RenameBoth($"{Trunk}.attn_pool.norm", "visual.attn_pool.layernorm"),
            Transpose("visual.head.proj.weight", "visual.proj"),
            new PrefixRule($"{Trunk}.", "visual."),
        ]);
}
