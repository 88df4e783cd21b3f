using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Hugging Face's SiglipModel; defaults are those of transformers' SiglipConfig.</summary>
internal sealed class HuggingFaceSigLip : HuggingFaceModel
{
    public override string ModelType => "siglip";

    public override string Architecture => "SiglipModel";

    public override bool HasHalves => true;

    public override int ReadEmbeddingSize(ConfigSection root, int featureSize) => root.Integer("projection_size", featureSize);

    public override ImageTowerConfig ReadImage(OverriddenSection vision)
    {
        if (!vision.Flag("vision_use_head", true))
            throw vision.Error("vision_use_head", "a SigLIP image tower without its pooling head is not supported");
        return new SigLipVisionConfig
        {
            Resolution = vision.Integer("image_size", 224),
            PatchSize = vision.Integer("patch_size", 16),
            Transformer = HuggingFaceTransformer.Read(vision, width: 768, heads: 12, "gelu_pytorch_tanh", epsilon: 1e-6),
        };
    }

    public override DualEncoderConfig Join(ConfigSection root, OverriddenSection text, ImageTowerConfig image, TextTowerConfig texts)
    {
        var projection = text.Integer("projection_size", texts.FeatureSize);
        if (projection != image.FeatureSize)
            throw text.Error("projection_size", $"texts of {projection} channels do not meet images of {image.FeatureSize}");

        return new DualEncoderConfig
        {
            EmbeddingSize = projection,
            InitialLogitScale = Math.Log(10),     // Zhai et al. 2023, section 3.2: t' = log 10, b = -10
            InitialLogitBias = -10,
            Image = image,
            Text = texts,
        };
    }

    public override void Require(DualEncoderConfig config) =>
        Inexpressible.RequireHuggingFace(config.InitialLogitBias is not null, "InitialLogitBias", null);

    public override JsonObject WriteImage(ImageTowerConfig config)
    {
        var image = (SigLipVisionConfig)config;
        return HuggingFaceTransformer.WriteVision("siglip_vision_model", image.Resolution, image.PatchSize, image.Transformer);
    }

    public override void Write(JsonObject root, DualEncoderConfig config, JsonObject text) => text["projection_size"] = config.EmbeddingSize;
}
