namespace Clip.Models;

/// <summary>The kinds of checkpoint in which a model may be stored: the names of its two towers, and the scales.</summary>
internal static class KeyMaps
{
    private const string TextPrefix = "text.";

    private static readonly KeyRule[] Decoder = [new PrefixRule("text_decoder.", "text_decoder.")];

    // Integers in OpenAI's archives.
    private static readonly string[] Sizes = ["input_resolution", "context_length", "vocab_size"];

    /// <summary>The kinds in which a model may be stored, the usual one first.</summary>
    public static IReadOnlyList<KeyMap> For(DualEncoderConfig config)
    {
        string[] prefixes = NeedsTextPrefix(config) ? [TextPrefix, ""] : ["", TextPrefix];
        return [.. prefixes.Select(prefix => TryCreate(config, WeightLayout.Native, prefix))
            .Append(TryCreate(config, WeightLayout.HuggingFace, ""))
            .OfType<KeyMap>()];
    }

    /// <summary>The kind in which a layout writes a model; null where it cannot.</summary>
    public static KeyMap? For(DualEncoderConfig config, WeightLayout layout) => layout switch
    {
        WeightLayout.Native => TryCreate(config, layout, NeedsTextPrefix(config) ? TextPrefix : ""),
        WeightLayout.HuggingFace => TryCreate(config, layout, ""),
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "There is no such layout."),
    };

    /// <summary>Whether open_clip builds a model as CustomTextCLIP, whose text tower lies below "text.".</summary>
    public static bool NeedsTextPrefix(DualEncoderConfig config) =>
        config.Image.Family.NeedsTextPrefix || config.Text.Family.NeedsTextPrefix(config.Text);

    private static KeyMap? TryCreate(DualEncoderConfig config, WeightLayout layout, string prefix)
    {
        if (config.Image.Family.Names(layout) is not { } image || config.Text.Family.Names(layout, prefix) is not { } text)
            return null;
        return new KeyMap(
            prefix.Length == 0 ? image.Kind : $"{image.Kind} with text prefix",
            [.. image.Rules, .. text.Rules, .. layout == WeightLayout.Native ? Decoder : [], KeyRule.Rename("logit_scale", "logit_scale"), KeyRule.Rename("logit_bias", "logit_bias")],
            [.. image.Ignored, .. text.Ignored, .. layout == WeightLayout.Native ? Sizes : []]);
    }
}
