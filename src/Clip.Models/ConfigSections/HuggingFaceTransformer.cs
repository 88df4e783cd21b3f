using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>The settings of transformer blocks in Hugging Face's configs.</summary>
internal static class HuggingFaceTransformer
{
    /// <summary>Reads the blocks of a tower.</summary>
    /// <param name="section">text_config or vision_config.</param>
    /// <param name="width">The width that counts where the section states none.</param>
    /// <param name="heads">The same for the heads.</param>
    /// <param name="activation">The same for the activation.</param>
    /// <param name="epsilon">The same for the norms' epsilon.</param>
    public static TransformerConfig Read(OverriddenSection section, int width, int heads, string activation, double epsilon)
    {
        var hidden = section.Integer("hidden_size", width);
        return new TransformerConfig
        {
            Width = hidden,
            Layers = section.Integer("num_hidden_layers", 12),
            Heads = section.Integer("num_attention_heads", heads),
            MlpWidth = section.Integer("intermediate_size", 4 * width),
            NormEpsilon = section.Number("layer_norm_eps", epsilon),
            Activation = ReadActivation(section, "hidden_act", activation),
        };
    }

    /// <summary>Reads an activation.</summary>
    /// <param name="section">The section.</param>
    /// <param name="setting">Which of its settings says it.</param>
    /// <param name="fallback">The one that counts where it says nothing.</param>
    public static Activation ReadActivation(OverriddenSection section, string setting, Activation fallback) =>
        ReadActivation(section, setting, NameOf(fallback));

    /// <summary>The word for an activation.</summary>
    public static string NameOf(Activation activation) => activation switch
    {
        Activation.QuickGelu => "quick_gelu",
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_pytorch_tanh",
        Activation.Relu => "relu",
        _ => throw new ArgumentException($"Hugging Face's config has no word for the activation {activation}."),
    };

    private static Activation ReadActivation(OverriddenSection section, string setting, string fallback) => (section.Text(setting) ?? fallback) switch
    {
        "quick_gelu" => Activation.QuickGelu,
        "gelu" => Activation.Gelu,
        "gelu_pytorch_tanh" or "gelu_new" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        var other => throw section.Error(setting, $"the activation '{other}' is not supported; quick_gelu, gelu, gelu_pytorch_tanh and relu are"),
    };

    /// <summary>Writes the vision_config of a transformer over patches.</summary>
    /// <param name="kind">The section's model_type.</param>
    /// <param name="resolution">Size of the input.</param>
    /// <param name="patchSize">Side of a patch, in pixels.</param>
    /// <param name="transformer">The blocks.</param>
    /// <exception cref="ArgumentException">The config cannot express them.</exception>
    public static JsonObject WriteVision(string kind, ImageSize resolution, int patchSize, TransformerConfig transformer)
    {
        Inexpressible.RequireHuggingFace(resolution.Height == resolution.Width, "Image.Resolution", resolution);
        var written = Write(kind, "Image", transformer);
        written["image_size"] = resolution.Height;
        written["patch_size"] = patchSize;
        written["num_channels"] = 3;
        return written;
    }

    /// <summary>Writes the blocks of a tower.</summary>
    /// <param name="kind">The section's model_type.</param>
    /// <param name="tower">"Image" or "Text", for messages.</param>
    /// <param name="transformer">The blocks.</param>
    /// <exception cref="ArgumentException">The config cannot express them.</exception>
    public static JsonObject Write(string kind, string tower, TransformerConfig transformer)
    {
        Inexpressible.RequireHuggingFace(transformer.LayerScale is null, $"{tower}.Transformer.LayerScale", transformer.LayerScale);
        return new JsonObject
        {
            ["model_type"] = kind,
            ["hidden_size"] = transformer.Width,
            ["intermediate_size"] = transformer.MlpWidth,
            ["num_hidden_layers"] = transformer.Layers,
            ["num_attention_heads"] = transformer.Heads,
            ["layer_norm_eps"] = transformer.NormEpsilon,
            ["hidden_act"] = NameOf(transformer.Activation),
        };
    }
}
