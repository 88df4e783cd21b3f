using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of SigLIP's image tower in its two homes.</summary>
internal static class SigLipNames
{
    /// <summary>The blocks, the last norm and the pooling in Hugging Face's names; both generations of SigLIP have them.</summary>
    public static IReadOnlyList<KeyRule> HuggingFaceBody { get; } =
    [
        .. HuggingFaceBlockNames.Of("visual.transformer.resblocks.{i}", "vision_model.encoder.layers.{i}"),
        .. RenameBoth("visual.ln_post", "vision_model.post_layernorm"),
        Rename("visual.attn_pool.probe", "vision_model.head.probe"),
        Rename("visual.attn_pool.attn.in_proj_weight", "vision_model.head.attention.in_proj_weight"),
        Rename("visual.attn_pool.attn.in_proj_bias", "vision_model.head.attention.in_proj_bias"),
        .. RenameBoth("visual.attn_pool.attn.out_proj", "vision_model.head.attention.out_proj"),
        .. RenameBoth("visual.attn_pool.norm", "vision_model.head.layernorm"),
        .. RenameBoth("visual.attn_pool.mlp.c_fc", "vision_model.head.mlp.fc1"),
        .. RenameBoth("visual.attn_pool.mlp.c_proj", "vision_model.head.mlp.fc2"),
    ];

    /// <summary>The same in timm's names.</summary>
    public static IReadOnlyList<KeyRule> TimmBody { get; } =
    [
        .. TimmBlockNames.Of("visual.transformer.resblocks.{i}", "visual.trunk.blocks.{i}"),
        .. RenameBoth("visual.ln_post", "visual.trunk.norm"),
        .. TimmBlockNames.Pool("visual.attn_pool", "visual.trunk.attn_pool"),
    ];

    /// <summary>Hugging Face's SiglipModel (transformers, modeling_siglip.py).</summary>
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face SiglipModel",
        [
            .. RenameBoth("visual.conv1", "vision_model.embeddings.patch_embedding"),
            Rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            .. HuggingFaceBody,
        ],
        "position_ids");      // a buffer of older versions

    /// <summary>timm's VisionTransformer inside open_clip (timm, vision_transformer.py and attention_pool.py).</summary>
    public static TowerNames Timm { get; } = new(
        "open_clip SigLIP",
        [
            .. RenameBoth("visual.conv1", "visual.trunk.patch_embed.proj"),
            Unsqueeze("visual.positional_embedding", "visual.trunk.pos_embed"),
            .. TimmBody,
        ]);
}
