using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>The settings of transformer blocks, which vision_cfg and text_cfg of open_clip's configs share.</summary>
internal static class OpenClipTransformer
{
    private static readonly string[] BlockVariants =
        ["qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc"];

    public static TransformerConfig Read(ConfigSection section, int width, int heads, bool quickGelu)
    {
        section.RequireOff(BlockVariants);
        if (section.Text("block_type") is { } block and not "default")
            throw section.Error("block_type", $"'{block}' is not supported; 'default' is");

        var norm = section.Section("norm_kwargs");
        var epsilon = norm?.Number("eps", 1e-5) ?? 1e-5;
        norm?.RefuseUnknown();

        return new TransformerConfig
        {
            Width = width,
            Layers = section.Integer("layers", 12),
            Heads = heads,
            MlpWidth = ReadMlpWidth(section, width),
            Activation = ReadActivation(section, quickGelu),
            NormEpsilon = epsilon,
            LayerScale = section.OptionalNumber("ls_init_value"),
        };
    }

    private static Activation ReadActivation(ConfigSection section, bool quickGelu)
    {
        if (section.Section("act_kwargs") is not { } arguments)
            return quickGelu ? Activation.QuickGelu : Activation.Gelu;

        var approximate = arguments.Text("approximate");
        arguments.RefuseUnknown();
        return (quickGelu, approximate) switch
        {
            (false, "tanh") => Activation.GeluTanh,
            (false, null or "none") => Activation.Gelu,
            (true, null) => Activation.QuickGelu,
            _ => throw section.Error("act_kwargs", $"approximate '{approximate}' is not supported{(quickGelu ? " with quick_gelu" : "")}"),
        };
    }

    /// <summary>Hidden channels of an MLP.</summary>
    /// <param name="section">The section.</param>
    /// <param name="width">Channels of a token.</param>
    public static int ReadMlpWidth(ConfigSection section, int width)
    {
        // Rounded as open_clip does: int(width * mlp_ratio).
        var hidden = width * section.Number("mlp_ratio", 4);
        return hidden is >= 1 and <= int.MaxValue
            ? (int)hidden
            : throw section.Error("mlp_ratio", $"a width of {width} gives {hidden} hidden channels");
    }

    /// <summary>Writes the hidden channels of an MLP, where they are not the usual ones.</summary>
    public static void WriteMlpWidth(JsonObject written, int width, int hidden)
    {
        if (hidden != 4 * width)
            written["mlp_ratio"] = Ratio(hidden, width);
    }

    /// <summary>Channels divided into heads of the width that a setting states.</summary>
    public static int Divide(ConfigSection section, int channels, string divisor)
    {
        var width = section.Integer(divisor, DualEncoderConfig.HeadWidth);
        return width > 0 && channels % width == 0
            ? channels / width
            : throw section.Error(divisor, $"{channels} channels do not divide into heads of {width}");
    }

    /// <summary>Writes the settings of blocks beside others of a section.</summary>
    /// <exception cref="ArgumentException">The config cannot express them.</exception>
    public static void Write(JsonObject written, TransformerConfig transformer)
    {
        if (transformer.Activation is Activation.Relu or Activation.Silu)
            throw Inexpressible.InOpenClip("Transformer.Activation", transformer.Activation);
        written["width"] = transformer.Width;
        written["layers"] = transformer.Layers;
        WriteMlpWidth(written, transformer.Width, transformer.MlpWidth);
        if (transformer.NormEpsilon != 1e-5)
            written["norm_kwargs"] = new JsonObject { ["eps"] = transformer.NormEpsilon };
        if (transformer.Activation == Activation.GeluTanh)
            written["act_kwargs"] = new JsonObject { ["approximate"] = "tanh" };
        if (transformer.LayerScale is { } gain)
            written["ls_init_value"] = gain;
    }

    // A reader cuts width * ratio down to a whole number, so the quotient must not fall below it.
    private static double Ratio(int hidden, int width)
    {
        var ratio = hidden / (double)width;
        while ((int)(width * ratio) < hidden)
            ratio = Math.BitIncrement(ratio);
        return ratio;
    }
}
