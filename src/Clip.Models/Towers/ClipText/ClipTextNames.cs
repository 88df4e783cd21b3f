using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of CLIP's text tower in checkpoints.</summary>
internal static class ClipTextNames
{
    /// <summary>Hugging Face's CLIPModel and SiglipModel (transformers, modeling_clip.py and modeling_siglip.py).</summary>
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face",
        [
            Rename("text.token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
            Rename("text.positional_embedding", "text_model.embeddings.position_embedding.weight"),
            .. HuggingFaceBlockNames.Of("text.transformer.resblocks.{i}", "text_model.encoder.layers.{i}"),
            .. RenameBoth("text.ln_final", "text_model.final_layer_norm"),
            Transpose("text.text_projection", "text_projection.weight"),
            .. RenameBoth($"text.{ClipTextTower.BiasedProjectionName}", "text_model.head"),
        ],
        "position_ids");      // a buffer of older versions

    /// <summary>OpenAI's and open_clip's names.</summary>
    /// <param name="prefix">"text." for open_clip's class CustomTextCLIP, "" for class CLIP.</param>
    public static TowerNames Native(string prefix) => new(
        "native",
        [
            .. RenameBoth($"text.{ClipTextTower.BiasedProjectionName}", $"{prefix}text_projection"),
            new PrefixRule("text.", prefix),      // the modules' own names are the native ones
        ],
        "attn_mask");         // a constant that scripted modules save beside their weights
}
