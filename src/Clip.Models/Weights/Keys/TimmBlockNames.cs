using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of residual attention blocks and of attention pooling in timm (timm, vision_transformer.py and attention_pool.py).</summary>
internal static class TimmBlockNames
{
    /// <summary>One residual attention block.</summary>
    /// <param name="block">Its name in the model.</param>
    /// <param name="layer">Its name in the checkpoint.</param>
    public static IEnumerable<KeyRule> Of(string block, string layer) =>
    [
        .. RenameBoth($"{block}.ln_1", $"{layer}.norm1"),
        Rename($"{block}.attn.in_proj_weight", $"{layer}.attn.qkv.weight"),
        Rename($"{block}.attn.in_proj_bias", $"{layer}.attn.qkv.bias"),
        .. RenameBoth($"{block}.attn.out_proj", $"{layer}.attn.proj"),
        Rename($"{block}.ls_1.gamma", $"{layer}.ls1.gamma"),
        .. RenameBoth($"{block}.ln_2", $"{layer}.norm2"),
        .. RenameBoth($"{block}.mlp.c_fc", $"{layer}.mlp.fc1"),
        .. RenameBoth($"{block}.mlp.c_proj", $"{layer}.mlp.fc2"),
        Rename($"{block}.ls_2.gamma", $"{layer}.ls2.gamma"),
    ];

    /// <summary>Attention pooling.</summary>
    /// <param name="pool">Its name in the model.</param>
    /// <param name="layer">Its name in the checkpoint.</param>
    public static IEnumerable<KeyRule> Pool(string pool, string layer) =>
    [
        Rename($"{pool}.probe", $"{layer}.latent"),
        .. SplitProjection($"{pool}.attn", ($"{layer}.q", 0, 1), ($"{layer}.kv", 1, 2)),
        .. RenameBoth($"{pool}.attn.out_proj", $"{layer}.proj"),
        .. RenameBoth($"{pool}.norm", $"{layer}.norm"),
        .. RenameBoth($"{pool}.mlp.c_fc", $"{layer}.mlp.fc1"),
        .. RenameBoth($"{pool}.mlp.c_proj", $"{layer}.mlp.fc2"),
    ];
}
