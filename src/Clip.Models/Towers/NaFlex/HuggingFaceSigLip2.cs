using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Hugging Face's Siglip2Model, which is SigLIP 2 with NaFlex; defaults are those of transformers' Siglip2Config.</summary>
/// <remarks>SigLIP 2 at fixed resolutions is published as SiglipModel.</remarks>
internal sealed class HuggingFaceSigLip2 : HuggingFaceModel
{
    public override string ModelType => "siglip2";

    public override string Architecture => "Siglip2Model";

    public override ImageTowerConfig ReadImage(OverriddenSection vision)
    {
        if (!vision.Flag("vision_use_head", true))
            throw vision.Error("vision_use_head", "a SigLIP image tower without its pooling head is not supported");
        var (places, patch) = (vision.Integer("num_patches", 256), vision.Integer("patch_size", 16));
        if (TensorShapes.Side(places) is not { } side || side < 1)
            throw vision.Error("num_patches", $"the positions of {places} patches are not a square");
        if (patch < 1 || patch > ConfigCheck.LargestResolution / side)
            throw vision.Error("patch_size", $"{side} patches of {patch} pixels are not possible");
        return new NaFlexVisionConfig
        {
            Resolution = side * patch,
            Head = new TimmHeadConfig(TimmProjection.None),
            PatchSize = patch,
            MaxPatches = places,
            PositionGrid = side,
            PositionInterpolation = PositionInterpolation.Bilinear,
            Transformer = HuggingFaceTransformer.Read(vision, width: 768, heads: 12, "gelu_pytorch_tanh", epsilon: 1e-6),
        };
    }

    public override DualEncoderConfig Join(ConfigSection root, OverriddenSection text, ImageTowerConfig image, TextTowerConfig texts) =>
        SigLipFamily.Instance.HuggingFace.Join(root, text, image, texts);

    public override void Require(DualEncoderConfig config)
    {
        var image = (NaFlexVisionConfig)config.Image;
        SigLipFamily.Instance.HuggingFace.Require(config);
        Inexpressible.RequireHuggingFace(image.PositionInterpolation == PositionInterpolation.Bilinear, "Image.PositionInterpolation", image.PositionInterpolation);
        Inexpressible.RequireHuggingFace(image.PositionGrid.SquareSide is not null, "Image.PositionGrid", image.PositionGrid);
        Inexpressible.RequireHuggingFace(image.IsSigLip, "Image.Head", image.Head);
        Inexpressible.RequireHuggingFace(image.Registers == 0, "Image.Registers", image.Registers);
        Inexpressible.RequireHuggingFace(image.Pooling == NaFlexPooling.Attention, "Image.Pooling", image.Pooling);
        Inexpressible.RequireHuggingFace(image.PoolMlpWidth is null, "Image.PoolMlpWidth", image.PoolMlpWidth);
        Inexpressible.RequireHuggingFace(image is { AttentionBias: true, GatedMlp: false }, "Image.GatedMlp", image.GatedMlp);
    }

    public override JsonObject WriteImage(ImageTowerConfig config)
    {
        var image = (NaFlexVisionConfig)config;
        var written = HuggingFaceTransformer.WriteVision("siglip2_vision_model", image.PositionGrid.Height * image.PatchSize, image.PatchSize, image.Transformer);
        written.Remove("image_size");
        written["num_patches"] = image.PositionGrid.Height * image.PositionGrid.Width;
        return written;
    }

    public override void Write(JsonObject root, DualEncoderConfig config, JsonObject text) =>
        SigLipFamily.Instance.HuggingFace.Write(root, config, text);
}
