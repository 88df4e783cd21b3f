using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of NaFlex's image tower in its two homes.</summary>
internal static class NaFlexNames
{
    /// <summary>Hugging Face's Siglip2Model (transformers, modeling_siglip2.py).</summary>
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face Siglip2Model",
        [
            .. RenameBoth("visual.patch_embedding", "vision_model.embeddings.patch_embedding"),
            Flatten("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            .. SigLipNames.HuggingFaceBody,
        ]);

    /// <summary>timm's NaFlexVit inside open_clip (timm, naflexvit.py).</summary>
    public static TowerNames Timm { get; } = new(
        "open_clip NaFlex",
        [
            .. RenameBoth("visual.patch_embedding", "visual.trunk.embeds.proj"),
            Unsqueeze("visual.positional_embedding", "visual.trunk.embeds.pos_embed"),
            .. SigLipNames.TimmBody,
        ]);
}
