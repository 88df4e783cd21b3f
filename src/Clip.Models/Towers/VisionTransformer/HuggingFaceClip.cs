using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Hugging Face's CLIPModel; defaults are those of transformers' CLIPConfig.</summary>
internal sealed class HuggingFaceClip : HuggingFaceModel
{
    public override string ModelType => "clip";

    public override string Architecture => "CLIPModel";

    public override ImageTowerConfig ReadImage(OverriddenSection vision) => new VisionTransformerConfig
    {
        Resolution = vision.Integer("image_size", 224),
        PatchSize = vision.Integer("patch_size", 32),
        Transformer = HuggingFaceTransformer.Read(vision, width: 768, heads: 12, "quick_gelu", epsilon: 1e-5),
    };

    public override DualEncoderConfig Join(ConfigSection root, OverriddenSection text, ImageTowerConfig image, TextTowerConfig texts) => new()
    {
        EmbeddingSize = root.Integer("projection_dim", 512),
        InitialLogitScale = root.Number("logit_scale_init_value", 2.6592),
        Image = image,
        Text = texts,
    };

    public override void Require(DualEncoderConfig config)
    {
        var image = (VisionTransformerConfig)config.Image;
        Inexpressible.RequireHuggingFace(image.NormBeforeBlocks, "Image.NormBeforeBlocks", false);
        Inexpressible.RequireHuggingFace(image.Pooling == ImagePooling.ClassToken, "Image.Pooling", image.Pooling);
        Inexpressible.RequireHuggingFace(image.AttentionalPooler is null, "Image.AttentionalPooler", image.AttentionalPooler);
        Inexpressible.RequireHuggingFace(config.InitialLogitBias is null, "InitialLogitBias", config.InitialLogitBias);
    }

    public override JsonObject WriteImage(ImageTowerConfig config)
    {
        var image = (VisionTransformerConfig)config;
        return HuggingFaceTransformer.WriteVision("clip_vision_model", image.Resolution, image.PatchSize, image.Transformer);
    }

    public override void Write(JsonObject root, DualEncoderConfig config, JsonObject text)
    {
        root["projection_dim"] = config.EmbeddingSize;
        root["logit_scale_init_value"] = config.InitialLogitScale;
    }
}
