using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names that timm gives to the first layers of its transformers (timm, vision_transformer.py).</summary>
internal static class PatchTokensNames
{
    /// <summary>The first layers.</summary>
    /// <param name="module">Their name in the model.</param>
    /// <param name="trunk">The trunk's name in the checkpoint.</param>
    public static IEnumerable<KeyRule> Of(string module, string trunk) =>
    [
        new PrefixRule($"{module}.stem.", $"{trunk}.patch_embed.backbone."),
        .. RenameBoth($"{module}.stem_out", $"{trunk}.patch_embed.backbone.2.conv"),
        .. RenameBoth($"{module}.conv1", $"{trunk}.patch_embed.proj"),
        new PatternRule($"{module}.class_embedding", ($"{trunk}.cls_token", token => token.view(1, 1, -1))),
        Unsqueeze($"{module}.{PositionResizer.Parameter}", $"{trunk}.pos_embed"),
        .. RenameBoth($"{module}.ln_pre", $"{trunk}.norm_pre"),
    ];
}
