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
            .Concat(Enum.GetValues<Publisher>().Select(publisher => TryCreate(config, publisher)))
            .OfType<KeyMap>()];
    }

    /// <summary>The kinds in which an image tower alone may be stored.</summary>
    public static IReadOnlyList<KeyMap> For(ImageTowerConfig config) => [.. Alone(config.Family.Names(WeightLayout.HuggingFace))];

    /// <summary>The kinds in which a text tower alone may be stored.</summary>
    public static IReadOnlyList<KeyMap> For(TextTowerConfig config) => [.. Alone(config.Family.Names(WeightLayout.HuggingFace, ""))];

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

    private static IEnumerable<KeyMap> Alone(TowerNames? names) =>
        names is null ? [] : [new KeyMap($"{names.Kind}, one tower", names.Rules, [.. names.Ignored])];

    private static KeyMap? TryCreate(DualEncoderConfig config, WeightLayout layout, string prefix)
    {
        if (config.Image.Family.Names(layout) is not { } image || config.Text.Family.Names(layout, prefix) is not { } text)
            return null;
        return Join(
            prefix.Length == 0 ? image.Kind : $"{image.Kind} with text prefix", image, text, layout == WeightLayout.Native ? Decoder : [],
            layout == WeightLayout.Native ? Sizes : []);
    }

    private static KeyMap? TryCreate(DualEncoderConfig config, Publisher publisher) =>
        config.Image.Family.Names(publisher, config.Image) is { } image && config.Text.Family.Names(publisher, config.Text) is { } text
            ? Join(image.Kind, image, text, [], [])
            : null;

    private static KeyMap Join(string kind, TowerNames image, TowerNames text, IReadOnlyList<KeyRule> others, string[] ignored) => new(
        kind,
        [.. image.Rules, .. text.Rules, .. others, KeyRule.Rename("logit_scale", "logit_scale"), KeyRule.Rename("logit_bias", "logit_bias")],
        [.. image.Ignored, .. text.Ignored, .. ignored]);
}
