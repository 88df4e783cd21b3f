using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of SigLIP's image tower in its two homes.</summary>
internal static class SigLipNames
{
    /// <summary>The blocks, the last norm and the pooling in Hugging Face's names; both generations of SigLIP have them.</summary>
    /// <param name="tower">What the names begin with in the model, such as "visual".</param>
    public static IEnumerable<KeyRule> HuggingFaceBody(string tower) =>
    [
        .. HuggingFaceBlockNames.Of($"{tower}.transformer.resblocks.{{i}}", "vision_model.encoder.layers.{i}"),
        .. RenameBoth($"{tower}.ln_post", "vision_model.post_layernorm"),
        Rename($"{tower}.attn_pool.probe", "vision_model.head.probe"),
        Rename($"{tower}.attn_pool.attn.in_proj_weight", "vision_model.head.attention.in_proj_weight"),
        Rename($"{tower}.attn_pool.attn.in_proj_bias", "vision_model.head.attention.in_proj_bias"),
        .. RenameBoth($"{tower}.attn_pool.attn.out_proj", "vision_model.head.attention.out_proj"),
        .. RenameBoth($"{tower}.attn_pool.norm", "vision_model.head.layernorm"),
        .. RenameBoth($"{tower}.attn_pool.mlp.c_fc", "vision_model.head.mlp.fc1"),
        .. RenameBoth($"{tower}.attn_pool.mlp.c_proj", "vision_model.head.mlp.fc2"),
    ];

    /// <summary>The same in timm's names.</summary>
    /// <inheritdoc cref="HuggingFaceBody"/>
    public static IEnumerable<KeyRule> TimmBody(string tower) =>
    [
        .. TimmBlockNames.Of($"{tower}.transformer.resblocks.{{i}}", "visual.trunk.blocks.{i}"),
        .. RenameBoth($"{tower}.ln_post", "visual.trunk.norm"),
        .. TimmBlockNames.Pool($"{tower}.attn_pool", "visual.trunk.attn_pool"),
    ];

    /// <summary>Hugging Face's SiglipModel (transformers, modeling_siglip.py).</summary>
    public static TowerNames HuggingFace { get; } = new(
        "Hugging Face SiglipModel",
        [
            .. RenameBoth("visual.conv1", "vision_model.embeddings.patch_embedding"),
            Rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            .. HuggingFaceBody("visual"),
        ],
        "position_ids");      // a buffer of older versions

    /// <summary>timm's VisionTransformer inside open_clip (timm, vision_transformer.py and attention_pool.py).</summary>
    public static TowerNames Timm { get; } = new(
        "open_clip SigLIP",
        [
            .. RenameBoth("visual.conv1", "visual.trunk.patch_embed.proj"),
            Unsqueeze("visual.positional_embedding", "visual.trunk.pos_embed"),
            .. TimmBody("visual"),
        ]);
}
