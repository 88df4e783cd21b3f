namespace Clip.Models;

/// <summary>What Apple's configs say of text towers, whatever kind they are.</summary>
internal static class AppleTransformer
{
    // Hidden channels are rounded up to a multiple of it.
    private const int HiddenMultiple = 16;

    /// <summary>Reads the blocks.</summary>
    public static TransformerConfig Read(ConfigSection text)
    {
        text.Ignore("no_scale_embedding", "embed_dropout");
        text.RequireOff("no_pos_embedding");
        if (text.Text("norm_layer") is not (null or "layer_norm" or "layer_norm_fp32"))
            throw text.Error("norm_layer", $"'{text.Text("norm_layer")}' is not supported; 'layer_norm' and 'layer_norm_fp32' are");
        var width = text.Integer("dim");
        var hidden = Math.Ceiling(width * text.Number("ffn_multiplier_per_layer", 4) / HiddenMultiple) * HiddenMultiple;
        if (hidden is not (>= 1 and <= ConfigCheck.LargestWidth * (double)HiddenMultiple))
            throw text.Error("ffn_multiplier_per_layer", $"a width of {width} gives {hidden} hidden channels");
        return new TransformerConfig
        {
            Width = width,
            Layers = text.Integer("n_transformer_layers"),
            Heads = text.Integer("n_heads_per_layer"),
            MlpWidth = (int)hidden,
            Activation = Activation.Gelu,
        };
    }

    /// <summary>Reads the blocks of a published model off its weights.</summary>
    /// <param name="shapes">The weights.</param>
    /// <param name="layers">Number of blocks.</param>
    public static TransformerConfig Infer(TensorShapes shapes, int layers)
    {
        var width = shapes.Size(shapes.Of(AppleTextNames.Tokens, rank: 2)[1]);
        return new TransformerConfig { Width = width, Layers = layers, Heads = Math.Max(1, width / DualEncoderConfig.HeadWidth), Activation = Activation.Gelu };
    }
}
