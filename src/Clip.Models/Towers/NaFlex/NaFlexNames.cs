using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of NaFlex's image tower in its two homes.</summary>
internal static class NaFlexNames
{
    private const string Trunk = "visual.trunk", Embedding = Trunk + ".embed";

    /// <summary>Hugging Face's Siglip2Model (transformers, modeling_siglip2.py).</summary>
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face Siglip2Model",
        [
            .. RenameBoth($"{Embedding}.patch_embedding", "vision_model.embeddings.patch_embedding"),
            Flatten($"{Embedding}.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            .. SigLipNames.HuggingFaceBody(Trunk),
        ]);

    /// <summary>timm's NaFlexVit inside open_clip (timm, naflexvit.py); those of gated blocks are the tower's own.</summary>
    public static TowerNames Timm { get; } = new(
        "open_clip NaFlex",
        [
            .. RenameBoth($"{Embedding}.patch_embedding", "visual.trunk.embeds.proj"),
            Unsqueeze($"{Embedding}.positional_embedding", "visual.trunk.embeds.pos_embed"),
            Unsqueeze($"{Embedding}.registers", "visual.trunk.embeds.reg_token"),
            .. SigLipNames.TimmBody(Trunk),
            new PrefixRule("visual.", "visual."),
        ]);
}
