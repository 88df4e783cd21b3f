using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>A vision transformer in vision_cfg of open_clip's configs.</summary>
internal static class VisionTransformerInOpenClip
{
    public static VisionTransformerConfig Read(ConfigSection vision, ImageSize resolution, bool quickGelu)
    {
        var width = vision.Integer("width", 768);
        var pooler = ReadPooler(vision);      // in any case, so that its settings count as known
        return new VisionTransformerConfig
        {
            Resolution = resolution,
            PatchSize = vision.Integer("patch_size", 16),
            Transformer = OpenClipTransformer.Read(vision, width, OpenClipTransformer.Divide(vision, width, "head_width"), quickGelu),
            NormBeforeBlocks = !vision.Flag("no_ln_pre"),
            NormAfterPooling = vision.Flag("final_ln_after_pool"),
            PatchDropout = vision.Number("patch_dropout", 0),
            AttentionalPooler = vision.Flag("attentional_pool") ? pooler : null,
            Pooling = vision.Text("pool_type") switch
            {
                null or "tok" => ImagePooling.ClassToken,
                "avg" => ImagePooling.Average,
                var other => throw vision.Error("pool_type", $"'{other}' is not supported; 'tok' and 'avg' are"),
            },
            PositionEmbedding = vision.Text("pos_embed_type") switch
            {
                null or "learnable" => PositionEmbedding.Learned,
                "sin_cos_2d" => PositionEmbedding.SinCos2D,
                var other => throw vision.Error("pos_embed_type", $"'{other}' is not supported; 'learnable' and 'sin_cos_2d' are"),
            },
        };
    }

    private static AttentionalPoolerConfig ReadPooler(ConfigSection vision) => new()
    {
        Queries = vision.Integer("attn_pooler_queries", 256),
        Heads = vision.Integer("attn_pooler_heads", 8),
    };

    public static JsonObject Write(VisionTransformerConfig image, bool usesQuickGelu)
    {
        var transformer = image.Transformer;
        if (!image.HasProjection)
            throw Inexpressible.InOpenClip("Image.HasProjection", false);
        if (usesQuickGelu != (transformer.Activation == Activation.QuickGelu))
            throw Inexpressible.InOpenClip("Image.Transformer.Activation", $"{transformer.Activation} beside another in the text tower");

        var (height, width) = image.Resolution;
        var written = new JsonObject
        {
            ["image_size"] = height == width ? height : new JsonArray(height, width),
            ["patch_size"] = image.PatchSize,
        };
        OpenClipTransformer.Write(written, transformer);
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
}
