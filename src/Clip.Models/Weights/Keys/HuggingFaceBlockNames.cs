using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of residual attention blocks in Hugging Face's models (transformers, modeling_clip.py).</summary>
internal static class HuggingFaceBlockNames
{
    /// <summary>One residual attention block.</summary>
    /// <param name="block">Its name in the model.</param>
    /// <param name="layer">Its name in the checkpoint.</param>
    public static IEnumerable<KeyRule> Of(string block, string layer) =>
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
