using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of these text towers in checkpoints.</summary>
internal static class HuggingFaceTextNames
{
    private const string Encoder = $"text.{HuggingFaceTextTower.EncoderName}";
    private const string Stored = "text.transformer";

    /// <summary>open_clip's names, in which the encoder keeps those of its own library.</summary>
    public static TowerNames Native { get; } = new(
        "open_clip HFTextEncoder",
        [
            .. Bert(Encoder, $"{Stored}."),
            new PrefixRule("text.pooler.", $"{Stored}.pooler."),
            .. M2M100(),
            .. Mt5(),
            .. ModernBert(),
            new PrefixRule($"{Encoder}.", $"{Stored}."),
            new PrefixRule("text.proj.", "text.proj."),
        ],
        "position_ids", "embed_positions.weights");      // buffers of older versions

    /// <summary>The names of a BERT under a prefix (transformers, modeling_bert.py).</summary>
    /// <param name="encoder">The encoder's name in the model.</param>
    /// <param name="prefix">What its names begin with in the checkpoint.</param>
    public static IEnumerable<KeyRule> Bert(string encoder, string prefix)
    {
        var (block, layer) = ($"{encoder}.{BertEncoder.Blocks}.resblocks.{{i}}", $"{prefix}encoder.layer.{{i}}");
        return
        [
            new PrefixRule($"{encoder}.embeddings.", $"{prefix}embeddings."),
            .. SplitProjection(
                $"{block}.attn",
                ($"{layer}.attention.self.query", 0, 1),
                ($"{layer}.attention.self.key", 1, 1),
                ($"{layer}.attention.self.value", 2, 1)),
            .. RenameBoth($"{block}.attn.out_proj", $"{layer}.attention.output.dense"),
            .. RenameBoth($"{block}.ln_1", $"{layer}.attention.output.LayerNorm"),
            .. RenameBoth($"{block}.mlp.c_fc", $"{layer}.intermediate.dense"),
            .. RenameBoth($"{block}.mlp.c_proj", $"{layer}.output.dense"),
            .. RenameBoth($"{block}.ln_2", $"{layer}.output.LayerNorm"),
        ];
    }

    // transformers, modeling_m2m_100.py
    private static IEnumerable<KeyRule> M2M100()
    {
        const string Block = $"{Encoder}.transformer.resblocks.{{i}}", Layer = $"{Stored}.layers.{{i}}";
        return
        [
            .. RenameBoth($"{Block}.ln_1", $"{Layer}.self_attn_layer_norm"),
            .. SplitProjection(
                $"{Block}.attn",
                ($"{Layer}.self_attn.q_proj", 0, 1),
                ($"{Layer}.self_attn.k_proj", 1, 1),
                ($"{Layer}.self_attn.v_proj", 2, 1)),
            .. RenameBoth($"{Block}.attn.out_proj", $"{Layer}.self_attn.out_proj"),
            .. RenameBoth($"{Block}.ln_2", $"{Layer}.final_layer_norm"),
            .. RenameBoth($"{Block}.mlp.c_fc", $"{Layer}.fc1"),
            .. RenameBoth($"{Block}.mlp.c_proj", $"{Layer}.fc2"),
        ];
    }

    // transformers, modeling_mt5.py; the first block has the bias that all share.
    private static IEnumerable<KeyRule> Mt5()
    {
        const string Block = $"{Encoder}.{Mt5Encoder.Blocks}.{{i}}", Layer = $"{Stored}.block.{{i}}.layer";
        return
        [
            Rename($"{Encoder}.relative_attention_bias.weight", $"{Stored}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"),
            Rename($"{Block}.ln_1.weight", $"{Layer}.0.layer_norm.weight"),
            .. SplitProjection($"{Block}.attn", ($"{Layer}.0.SelfAttention.q", 0, 1), ($"{Layer}.0.SelfAttention.k", 1, 1), ($"{Layer}.0.SelfAttention.v", 2, 1)),
            Rename($"{Block}.attn.out_proj.weight", $"{Layer}.0.SelfAttention.o.weight"),
            Rename($"{Block}.ln_2.weight", $"{Layer}.1.layer_norm.weight"),
            Rename($"{Block}.mlp.wi_0.weight", $"{Layer}.1.DenseReluDense.wi_0.weight"),
            Rename($"{Block}.mlp.wi_1.weight", $"{Layer}.1.DenseReluDense.wi_1.weight"),
            Rename($"{Block}.mlp.wo.weight", $"{Layer}.1.DenseReluDense.wo.weight"),
        ];
    }

    // transformers, modeling_modernbert.py
    private static IEnumerable<KeyRule> ModernBert()
    {
        const string Attention = $"{Encoder}.{ModernBertEncoder.Blocks}.{{i}}.attn", Layer = $"{Stored}.layers.{{i}}.attn";
        return [Rename($"{Attention}.in_proj_weight", $"{Layer}.Wqkv.weight"), Rename($"{Attention}.out_proj.weight", $"{Layer}.Wo.weight")];
    }
}
