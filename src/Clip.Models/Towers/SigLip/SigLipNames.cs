using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of SigLIP's image tower in its two homes.</summary>
internal static class SigLipNames
{
    /// <summary>Hugging Face's SiglipModel (transformers, modeling_siglip.py).</summary>
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face SiglipModel",
        [
            .. RenameBoth("visual.conv1", "vision_model.embeddings.patch_embedding"),
            Rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            .. HuggingFaceBlockNames.Of("visual.transformer.resblocks.{i}", "vision_model.encoder.layers.{i}"),
            .. RenameBoth("visual.ln_post", "vision_model.post_layernorm"),
            Rename("visual.attn_pool.probe", "vision_model.head.probe"),
            Rename("visual.attn_pool.attn.in_proj_weight", "vision_model.head.attention.in_proj_weight"),
            Rename("visual.attn_pool.attn.in_proj_bias", "vision_model.head.attention.in_proj_bias"),
            .. RenameBoth("visual.attn_pool.attn.out_proj", "vision_model.head.attention.out_proj"),
            .. RenameBoth("visual.attn_pool.norm", "vision_model.head.layernorm"),
            .. RenameBoth("visual.attn_pool.mlp.c_fc", "vision_model.head.mlp.fc1"),
            .. RenameBoth("visual.attn_pool.mlp.c_proj", "vision_model.head.mlp.fc2"),
        ],
        "position_ids");      // a buffer of older versions

    /// <summary>timm's VisionTransformer inside open_clip (timm, vision_transformer.py and attention_pool.py).</summary>
    public static TowerNames Timm { get; } = new(
        "open_clip SigLIP",
        [
            .. RenameBoth("visual.conv1", "visual.trunk.patch_embed.proj"),
            Unsqueeze("visual.positional_embedding", "visual.trunk.pos_embed"),
            .. TimmBlock("visual.transformer.resblocks.{i}", "visual.trunk.blocks.{i}"),
            .. RenameBoth("visual.ln_post", "visual.trunk.norm"),
            Rename("visual.attn_pool.probe", "visual.trunk.attn_pool.latent"),
            .. SplitProjection(
                "visual.attn_pool.attn",
                ("visual.trunk.attn_pool.q", 0, 1),
                ("visual.trunk.attn_pool.kv", 1, 2)),
            .. RenameBoth("visual.attn_pool.attn.out_proj", "visual.trunk.attn_pool.proj"),
            .. RenameBoth("visual.attn_pool.norm", "visual.trunk.attn_pool.norm"),
            .. RenameBoth("visual.attn_pool.mlp.c_fc", "visual.trunk.attn_pool.mlp.fc1"),
            .. RenameBoth("visual.attn_pool.mlp.c_proj", "visual.trunk.attn_pool.mlp.fc2"),
        ]);

    private static IEnumerable<KeyRule> TimmBlock(string block, string layer) =>
    [
        .. RenameBoth($"{block}.ln_1", $"{layer}.norm1"),
        Rename($"{block}.attn.in_proj_weight", $"{layer}.attn.qkv.weight"),
        Rename($"{block}.attn.in_proj_bias", $"{layer}.attn.qkv.bias"),
        .. RenameBoth($"{block}.attn.out_proj", $"{layer}.attn.proj"),
        .. RenameBoth($"{block}.ln_2", $"{layer}.norm2"),
        .. RenameBoth($"{block}.mlp.c_fc", $"{layer}.mlp.fc1"),
        .. RenameBoth($"{block}.mlp.c_proj", $"{layer}.mlp.fc2"),
    ];
}
