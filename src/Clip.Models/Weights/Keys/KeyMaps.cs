namespace Clip.Models;

/// <summary>The kinds of checkpoint that are known.</summary>
internal static class KeyMaps
{
    // A constant that scripted modules save beside their weights.
    private const string CausalMask = "attn_mask";

    /// <summary>OpenAI's and open_clip's class CLIP: the text tower at the root.</summary>
    public static KeyMap Native { get; } = new(
        "native",
        [.. ImageNative(), .. TextNative(""), .. Scales()],
        "input_resolution", "context_length", "vocab_size",      // integers in OpenAI's archives
        CausalMask);

    /// <summary>open_clip's class CustomTextCLIP: the text tower below "text".</summary>
    public static KeyMap NativeTextPrefix { get; } =
        new("open_clip with text prefix", [.. ImageNative(), .. TextNative("text."), .. Scales()], CausalMask);

    /// <summary>open_clip's SigLIP: the image tower in timm's names.</summary>
    public static KeyMap NativeSigLip { get; } = new("open_clip SigLIP", [.. SigLipKeys.Timm(), .. TextNative("text."), .. Scales()]);

    /// <summary>Hugging Face's CLIPModel.</summary>
    public static KeyMap HuggingFaceClip { get; } = new(
        "Hugging Face CLIPModel",
        [.. HuggingFaceKeys.Image(), .. HuggingFaceKeys.Text(), .. Scales()],
        "position_ids");      // buffers of older versions

    /// <summary>Hugging Face's SiglipModel.</summary>
    public static KeyMap HuggingFaceSigLip { get; } = new(
        "Hugging Face SiglipModel",
        [.. SigLipKeys.HuggingFace(), .. HuggingFaceKeys.Text(), .. Scales()],
        "position_ids");

    /// <summary>The kinds in which a model with some image tower may be stored.</summary>
    public static IReadOnlyList<KeyMap> For(DualEncoderConfig config) => config.Image is SigLipVisionConfig
        ? [NativeSigLip, HuggingFaceSigLip]
        : [Native, NativeTextPrefix, HuggingFaceClip];

    /// <summary>The kind in which a layout writes a model.</summary>
    public static KeyMap For(DualEncoderConfig config, WeightLayout layout) => (layout, config.Image) switch
    {
        (WeightLayout.Native, SigLipVisionConfig) => NativeSigLip,
        (WeightLayout.Native, _) => NeedsTextPrefix(config.Text) ? NativeTextPrefix : Native,
        (WeightLayout.HuggingFace, SigLipVisionConfig) => HuggingFaceSigLip,
        (WeightLayout.HuggingFace, _) => HuggingFaceClip,
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "There is no such layout."),
    };

    /// <summary>Whether open_clip's class CLIP cannot express a text tower, so that it needs CustomTextCLIP.</summary>
    public static bool NeedsTextPrefix(TextTowerConfig text) => text.ClassToken || text.Projection != TextProjection.Matrix;

    private static IEnumerable<KeyRule> Scales() => [KeyRule.Rename("logit_scale", "logit_scale"), KeyRule.Rename("logit_bias", "logit_bias")];

    // The modules' own names are the native ones.
    private static IEnumerable<KeyRule> ImageNative() => [new PrefixRule("visual.", "visual.")];

    private static IEnumerable<KeyRule> TextNative(string prefix) =>
    [
        .. KeyRule.RenameBoth($"text.{TextTower.BiasedProjectionName}", $"{prefix}text_projection"),
        new PrefixRule("text.", prefix),
    ];
}
