using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of Hugging Face's CLIPModel (transformers, modeling_clip.py).</summary>
internal static class HuggingFaceKeys
{
    public static IEnumerable<KeyRule> Image() =>
    [
        Rename("visual.class_embedding", "vision_model.embeddings.class_embedding"),
        Rename("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"),
        Rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
        .. RenameBoth("visual.ln_pre", "vision_model.pre_layrnorm"),      // sic
        .. Blocks("visual.transformer.resblocks.{i}", "vision_model.encoder.layers.{i}"),
        .. RenameBoth("visual.ln_post", "vision_model.post_layernorm"),
        Transpose("visual.proj", "visual_projection.weight"),
    ];

    public static IEnumerable<KeyRule> Text() =>
    [
        Rename("text.token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
        Rename("text.positional_embedding", "text_model.embeddings.position_embedding.weight"),
        .. Blocks("text.transformer.resblocks.{i}", "text_model.encoder.layers.{i}"),
        .. RenameBoth("text.ln_final", "text_model.final_layer_norm"),
        Transpose("text.text_projection", "text_projection.weight"),
        .. RenameBoth($"text.{TextTower.BiasedProjectionName}", "text_model.head"),
    ];

    /// <summary>One residual attention block.</summary>
    /// <param name="block">Its name in the model.</param>
    /// <param name="layer">Its name in the checkpoint.</param>
    public static IEnumerable<KeyRule> Blocks(string block, string layer) =>
    [
        .. RenameBoth($"{block}.ln_1", $"{layer}.layer_norm1"),
        .. SplitProjection(
            $"{block}.attn",
            ($"{layer}.self_attn.q_proj", 0, 1),
            ($"{layer}.self_attn.k_proj", 1, 1),
            ($"{layer}.self_attn.v_proj", 2, 1)),
        .. RenameBoth($"{block}.attn.out_proj", $"{layer}.self_attn.out_proj"),
        .. RenameBoth($"{block}.ln_2", $"{layer}.layer_norm2"),
        .. RenameBoth($"{block}.mlp.c_fc", $"{layer}.mlp.fc1"),
        .. RenameBoth($"{block}.mlp.c_proj", $"{layer}.mlp.fc2"),
    ];
}
