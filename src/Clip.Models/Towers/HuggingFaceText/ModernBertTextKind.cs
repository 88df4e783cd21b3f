using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ModernBERT in Hugging Face's words.</summary>
internal sealed class ModernBertTextKind : HuggingFaceTextKind
{
    private ModernBertTextKind()
    {
    }

    public static ModernBertTextKind Instance { get; } = new();

    public override HuggingFaceTextEncoder Create(WeightFactory weights, HuggingFaceTextEncoderConfig config, int vocabularySize) =>
        new ModernBertEncoder(weights, (ModernBertTextConfig)config, vocabularySize);

    public override HuggingFaceTextModel Read(OverriddenSection section, HuggingFaceTextModel fallback)
    {
        var modern = (ModernBertTextConfig)fallback.Encoder;
        var transformer = modern.Transformer;
        foreach (var bias in (string[])["attention_bias", "mlp_bias", "norm_bias"])
        {
            if (section.Flag(bias, false))
                throw section.Error(bias, "true is not supported; ModernBERT's published models have no biases");
        }
        // Biases and pooling of heads that are no part of the encoder, dropout, and how it is computed.
        section.Ignore(
            "attention_dropout", "embedding_dropout", "mlp_dropout", "classifier_activation", "classifier_bias", "classifier_dropout", "classifier_pooling",
            "decoder_bias", "deterministic_flash_attn", "reference_compile", "repad_logits_with_grad", "sparse_pred_ignore_index", "sparse_prediction",
            "initializer_cutoff_factor", "initializer_range", "position_embedding_type", "layer_norm_eps", "tie_word_embeddings", "bos_token_id",
            "eos_token_id", "cls_token_id", "sep_token_id", "gradient_checkpointing", "model_type");
        return fallback with
        {
            VocabularySize = section.Integer("vocab_size", fallback.VocabularySize),
            Encoder = modern with
            {
                PaddingId = section.Integer("pad_token_id", modern.PaddingId),
                Positions = section.Integer("max_position_embeddings", modern.Positions),
                GlobalInterval = section.Integer("global_attn_every_n_layers", modern.GlobalInterval),
                LocalWindow = section.Integer("local_attention", modern.LocalWindow),
                GlobalRotaryBase = section.Number("global_rope_theta", modern.GlobalRotaryBase),
                LocalRotaryBase = section.Number("local_rope_theta", modern.LocalRotaryBase),
                Transformer = new TransformerConfig
                {
                    Width = section.Integer("hidden_size", transformer.Width),
                    Layers = section.Integer("num_hidden_layers", transformer.Layers),
                    Heads = section.Integer("num_attention_heads", transformer.Heads),
                    MlpWidth = section.Integer("intermediate_size", transformer.MlpWidth),
                    NormEpsilon = section.Number("norm_eps", transformer.NormEpsilon),
                    Activation = HuggingFaceTransformer.ReadActivation(section, "hidden_activation", transformer.Activation),
                },
            },
        };
    }

    public override JsonObject Write(HuggingFaceTextEncoderConfig config, int vocabularySize)
    {
        var modern = (ModernBertTextConfig)config;
        return new JsonObject
        {
            ["vocab_size"] = vocabularySize,
            ["hidden_size"] = modern.Width,
            ["num_hidden_layers"] = modern.Layers,
            ["num_attention_heads"] = modern.Transformer.Heads,
            ["intermediate_size"] = modern.Transformer.MlpWidth,
            ["hidden_activation"] = HuggingFaceTransformer.NameOf(modern.Activation),
            ["norm_eps"] = modern.Transformer.NormEpsilon,
            ["max_position_embeddings"] = modern.Positions,
            ["global_attn_every_n_layers"] = modern.GlobalInterval,
            ["local_attention"] = modern.LocalWindow,
            ["global_rope_theta"] = modern.GlobalRotaryBase,
            ["local_rope_theta"] = modern.LocalRotaryBase,
            ["pad_token_id"] = modern.PaddingId,
        };
    }

    public override string UsualModel(HuggingFaceTextEncoderConfig config) => "answerdotai/ModernBERT-base";
}
