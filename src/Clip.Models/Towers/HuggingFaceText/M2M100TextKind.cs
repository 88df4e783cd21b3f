using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>M2M-100 and NLLB in Hugging Face's words.</summary>
internal sealed class M2M100TextKind : HuggingFaceTextKind
{
    private M2M100TextKind()
    {
    }

    public static M2M100TextKind Instance { get; } = new();

    public override HuggingFaceTextEncoder Create(WeightFactory weights, HuggingFaceTextEncoderConfig config, int vocabularySize) =>
        new M2M100Encoder(weights, (M2M100TextConfig)config, vocabularySize);

    public override HuggingFaceTextModel Read(OverriddenSection section, HuggingFaceTextModel fallback)
    {
        var m2m = (M2M100TextConfig)fallback.Encoder;
        var transformer = m2m.Transformer;
        section.Ignore(
            "decoder_layers", "decoder_attention_heads", "decoder_ffn_dim", "decoder_layerdrop", "encoder_layerdrop", "decoder_start_token_id",
            "max_position_embeddings", "num_hidden_layers", "bos_token_id", "eos_token_id", "dropout", "attention_dropout", "activation_dropout",
            "init_std", "is_encoder_decoder", "use_cache", "max_length", "tie_word_embeddings", "model_type");
        return fallback with
        {
            VocabularySize = section.Integer("vocab_size", fallback.VocabularySize),
            Encoder = m2m with
            {
                PaddingId = section.Integer("pad_token_id", m2m.PaddingId),
                ScaleEmbedding = section.Flag("scale_embedding", m2m.ScaleEmbedding),
                Transformer = new TransformerConfig
                {
                    Width = section.Integer("d_model", transformer.Width),
                    Layers = section.Integer("encoder_layers", transformer.Layers),
                    Heads = section.Integer("encoder_attention_heads", transformer.Heads),
                    MlpWidth = section.Integer("encoder_ffn_dim", transformer.MlpWidth),
                    Activation = HuggingFaceTransformer.ReadActivation(section, "activation_function", transformer.Activation),
                },
            },
        };
    }

    public override JsonObject Write(HuggingFaceTextEncoderConfig config, int vocabularySize)
    {
        var m2m = (M2M100TextConfig)config;
        if (m2m.Transformer.NormEpsilon != 1e-5)
            throw Inexpressible.InOpenClip("Text.Encoder.Transformer.NormEpsilon", m2m.Transformer.NormEpsilon);
        return new JsonObject
        {
            ["vocab_size"] = vocabularySize,
            ["d_model"] = m2m.Width,
            ["encoder_layers"] = m2m.Layers,
            ["encoder_attention_heads"] = m2m.Transformer.Heads,
            ["encoder_ffn_dim"] = m2m.Transformer.MlpWidth,
            ["activation_function"] = HuggingFaceTransformer.NameOf(m2m.Activation),
            ["scale_embedding"] = m2m.ScaleEmbedding,
            ["pad_token_id"] = m2m.PaddingId,
        };
    }

    public override string UsualModel(HuggingFaceTextEncoderConfig config) => "facebook/nllb-200-distilled-600M";
}
