using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of CLIP's vision transformer in Hugging Face's CLIPModel (transformers, modeling_clip.py).</summary>
internal static class VisionTransformerNames
{
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face CLIPModel",
        [
            Rename("visual.class_embedding", "vision_model.embeddings.class_embedding"),
            Rename("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"),
            Rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            .. RenameBoth("visual.ln_pre", "vision_model.pre_layrnorm"),      // sic
            .. HuggingFaceBlockNames.Of("visual.transformer.resblocks.{i}", "vision_model.encoder.layers.{i}"),
            .. RenameBoth("visual.ln_post", "vision_model.post_layernorm"),
            Transpose("visual.proj", "visual_projection.weight"),
        ],
        "position_ids");      // a buffer of older versions
}
