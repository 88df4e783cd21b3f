using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Hugging Face's CLIPModel, and classes that differ from it in the text tower; defaults are those of transformers' CLIPConfig.</summary>
/// <param name="modelType">The config's model_type.</param>
/// <param name="architecture">The class.</param>
/// <param name="hasHalves">Whether its towers have classes of their own.</param>
/// <param name="embeddingSize">Channels of the embeddings where a config says nothing.</param>
internal sealed class HuggingFaceClip(string modelType, string architecture, bool hasHalves, int embeddingSize = 512) : HuggingFaceModel
{
    public override string ModelType => modelType;

    public override string Architecture => architecture;

    public override bool HasHalves => hasHalves;

    public override (string Image, string Text)? Projections => ("visual_projection.weight", "text_projection.weight");

    public override int ReadEmbeddingSize(ConfigSection root, int featureSize) => root.Integer("projection_dim", embeddingSize);

    public override ImageTowerConfig ReadImage(OverriddenSection vision) => new VisionTransformerConfig
    {
        Resolution = vision.Integer("image_size", 224),
        PatchSize = vision.Integer("patch_size", 32),
        Transformer = HuggingFaceTransformer.Read(vision, width: 768, heads: 12, "quick_gelu", epsilon: 1e-5),
    };

    public override DualEncoderConfig Join(ConfigSection root, OverriddenSection text, ImageTowerConfig image, TextTowerConfig texts) => new()
    {
        EmbeddingSize = root.Integer("projection_dim", embeddingSize),
        InitialLogitScale = root.Number("logit_scale_init_value", 2.6592),
        Image = image,
        Text = texts,
    };

    public override void Require(DualEncoderConfig config)
    {
        var image = config.Image as VisionTransformerConfig ?? throw Inexpressible.InHuggingFace("Image", config.Image.GetType().Name);
        Inexpressible.RequireHuggingFace(image.HasProjection, "Image.HasProjection", false);
        Inexpressible.RequireHuggingFace(image.NormBeforeBlocks, "Image.NormBeforeBlocks", false);
        Inexpressible.RequireHuggingFace(image.Pooling == ImagePooling.ClassToken, "Image.Pooling", image.Pooling);
        Inexpressible.RequireHuggingFace(image.AttentionalPooler is null, "Image.AttentionalPooler", image.AttentionalPooler);
        Inexpressible.RequireHuggingFace(config.InitialLogitBias is null, "InitialLogitBias", config.InitialLogitBias);
    }

    public override JsonObject WriteImage(ImageTowerConfig config)
    {
        var image = (VisionTransformerConfig)config;
        return HuggingFaceTransformer.WriteVision($"{modelType}_vision_model", image.Resolution, image.PatchSize, image.Transformer);
    }

    public override void Write(JsonObject root, DualEncoderConfig config, JsonObject text)
    {
        root["projection_dim"] = config.EmbeddingSize;
        root["logit_scale_init_value"] = config.InitialLogitScale;
    }
}
