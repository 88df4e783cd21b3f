using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Writes a config as open_clip's model_cfg.</summary>
internal static class OpenClipConfigWriter
{
    /// <summary>Name of the file in a published folder.</summary>
    public const string FileName = "open_clip_config.json";

    public static JsonObject Write(DualEncoderConfig config)
    {
        var usesQuickGelu = config.Text.Transformer.Activation == Activation.QuickGelu;
        var model = new JsonObject { ["embed_dim"] = config.EmbeddingSize };
        if (usesQuickGelu)
            model["quick_gelu"] = true;
        if (config.Image is SigLipVisionConfig || KeyMaps.NeedsTextPrefix(config.Text))
            model["custom_text"] = true;
        if (config.InitialLogitBias is { } bias)
            model["init_logit_bias"] = bias;
        if (config.InitialLogitScale != Math.Log(1 / 0.07))
            model["init_logit_scale"] = config.InitialLogitScale;
        model["vision_cfg"] = config.Image switch
        {
            ModifiedResNetConfig resNet => ResNet(resNet),
            VisionTransformerConfig transformer => VisionTransformer(transformer, usesQuickGelu),
            SigLipVisionConfig sigLip => TimmSigLipConfig.Write(sigLip),
            _ => throw Inexpressible(nameof(config.Image), config.Image.GetType().Name),
        };
        model["text_cfg"] = Text(config.Text);
        return new JsonObject { ["model_cfg"] = model };
    }

    public static ArgumentException Inexpressible(string path, object? value) =>
        new($"open_clip's config cannot express {path} = {value}.", path);

    private static JsonObject ResNet(ModifiedResNetConfig resNet) => new()
    {
        ["image_size"] = resNet.Resolution.Height,
        ["layers"] = new JsonArray([.. resNet.Blocks.Select(count => JsonValue.Create(count))]),
        ["width"] = resNet.Width,
        ["head_width"] = resNet.FeatureSize / resNet.Heads,
    };

    private static JsonObject VisionTransformer(VisionTransformerConfig image, bool usesQuickGelu)
    {
        var transformer = image.Transformer;
        if (usesQuickGelu != (transformer.Activation == Activation.QuickGelu))
            throw Inexpressible("Image.Transformer.Activation", $"{transformer.Activation} beside another in the text tower");

        var (height, width) = image.Resolution;
        var written = new JsonObject
        {
            ["image_size"] = height == width ? height : new JsonArray(height, width),
            ["patch_size"] = image.PatchSize,
        };
        Transformer(written, transformer);
        written["head_width"] = transformer.Width / transformer.Heads;
        if (!image.NormBeforeBlocks)
            written["no_ln_pre"] = true;
        if (image.NormAfterPooling)
            written["final_ln_after_pool"] = true;
        if (image.Pooling == ImagePooling.Average)
            written["pool_type"] = "avg";
        if (image.PositionEmbedding == PositionEmbedding.SinCos2D)
            written["pos_embed_type"] = "sin_cos_2d";
        if (image.PatchDropout != 0)
            written["patch_dropout"] = image.PatchDropout;
        if (image.AttentionalPooler is { } pooler)
        {
            written["attentional_pool"] = true;
            written["attn_pooler_queries"] = pooler.Queries;
            written["attn_pooler_heads"] = pooler.Heads;
        }
        return written;
    }

    private static JsonObject Text(TextTowerConfig text)
    {
        var written = new JsonObject { ["context_length"] = text.ContextLength, ["vocab_size"] = text.VocabularySize };
        Transformer(written, text.Transformer);
        written["heads"] = text.Transformer.Heads;
        if (!text.Causal)
            written["no_causal_mask"] = true;
        if (text.ClassToken)
            written["embed_cls"] = true;
        if (text.PaddingId != 0)
            written["pad_id"] = text.PaddingId;
        if (text.EndTokenId is { } end)
            written["eos_id"] = end;
        if (text.Pooling != TextPooling.HighestId)
            written["pool_type"] = PoolType(text.Pooling);
        if (text.Projection == TextProjection.None)
            written["proj_type"] = "none";
        if (text.Projection == TextProjection.Linear)
            written["proj_bias"] = true;
        return written;
    }

    private static void Transformer(JsonObject written, TransformerConfig transformer)
    {
        written["width"] = transformer.Width;
        written["layers"] = transformer.Layers;
        if (transformer.PerceptronWidth != 4 * transformer.Width)
            written["mlp_ratio"] = Ratio(transformer.PerceptronWidth, transformer.Width);
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

    private static string PoolType(TextPooling pooling) => pooling switch
    {
        TextPooling.FirstEndToken => "eos",
        TextPooling.First => "first",
        TextPooling.Last => "last",
        _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "open_clip's config has no word for this pooling."),
    };
}
