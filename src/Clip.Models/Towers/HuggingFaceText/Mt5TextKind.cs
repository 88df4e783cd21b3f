using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>mT5 in Hugging Face's words.</summary>
internal sealed class Mt5TextKind : HuggingFaceTextKind
{
    private const string GatedGelu = "gated-gelu";

    private Mt5TextKind()
    {
    }

    public static Mt5TextKind Instance { get; } = new();

    public override HuggingFaceTextEncoder Create(WeightFactory weights, HuggingFaceTextEncoderConfig config, int vocabularySize) =>
        new Mt5Encoder(weights, (Mt5TextConfig)config, vocabularySize);

    public override HuggingFaceTextModel Read(OverriddenSection section, HuggingFaceTextModel fallback)
    {
        var mt5 = (Mt5TextConfig)fallback.Encoder;
        if (section.Text("feed_forward_proj") is { } mlp and not GatedGelu)
            throw section.Error("feed_forward_proj", $"'{mlp}' is not supported; '{GatedGelu}' is");
        section.Ignore(
            "num_decoder_layers", "decoder_start_token_id", "eos_token_id", "dropout_rate", "classifier_dropout", "initializer_factor", "dense_act_fn",
            "is_gated_act", "is_encoder_decoder", "tie_word_embeddings", "use_cache", "model_type");
        return fallback with
        {
            VocabularySize = section.Integer("vocab_size", fallback.VocabularySize),
            Encoder = mt5 with
            {
                PaddingId = section.Integer("pad_token_id", mt5.PaddingId),
                Channels = section.Integer("d_model", mt5.Channels),
                HeadWidth = section.Integer("d_kv", mt5.HeadWidth),
                Heads = section.Integer("num_heads", mt5.Heads),
                Blocks = section.Integer("num_layers", mt5.Blocks),
                MlpWidth = section.Integer("d_ff", mt5.MlpWidth),
                NormEpsilon = section.Number("layer_norm_epsilon", mt5.NormEpsilon),
                DistanceBuckets = section.Integer("relative_attention_num_buckets", mt5.DistanceBuckets),
                FarthestDistance = section.Integer("relative_attention_max_distance", mt5.FarthestDistance),
            },
        };
    }

    public override JsonObject Write(HuggingFaceTextEncoderConfig config, int vocabularySize)
    {
        var mt5 = (Mt5TextConfig)config;
        return new JsonObject
        {
            ["vocab_size"] = vocabularySize,
            ["d_model"] = mt5.Channels,
            ["d_kv"] = mt5.HeadWidth,
            ["num_heads"] = mt5.Heads,
            ["num_layers"] = mt5.Blocks,
            ["d_ff"] = mt5.MlpWidth,
            ["layer_norm_epsilon"] = mt5.NormEpsilon,
            ["relative_attention_num_buckets"] = mt5.DistanceBuckets,
            ["relative_attention_max_distance"] = mt5.FarthestDistance,
            ["pad_token_id"] = mt5.PaddingId,
        };
    }

    public override string UsualModel(HuggingFaceTextEncoderConfig config) => "google/mt5-base";
}
