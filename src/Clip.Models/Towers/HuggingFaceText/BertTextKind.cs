using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>BERT, RoBERTa and XLM-R in Hugging Face's words.</summary>
internal sealed class BertTextKind : HuggingFaceTextKind
{
    private BertTextKind()
    {
    }

    public static BertTextKind Instance { get; } = new();

    public override HuggingFaceTextEncoder Create(WeightFactory weights, HuggingFaceTextEncoderConfig config, int vocabularySize) =>
        new BertEncoder(weights, (BertTextConfig)config, vocabularySize);

    public override HuggingFaceTextModel Read(OverriddenSection section, HuggingFaceTextModel fallback)
    {
        var bert = (BertTextConfig)fallback.Encoder;
        var transformer = bert.Transformer;
        if (section.Text("position_embedding_type") is { } positions and not "absolute")
            throw section.Error("position_embedding_type", $"'{positions}' is not supported; 'absolute' is");
        section.Ignore(
            "attention_probs_dropout_prob", "hidden_dropout_prob", "classifier_dropout", "bos_token_id", "eos_token_id", "sep_token_id", "use_cache",
            "initializer_range", "initializer_factor", "model_type");
        return fallback with
        {
            VocabularySize = section.Integer("vocab_size", fallback.VocabularySize),
            Encoder = bert with
            {
                PaddingId = section.Integer("pad_token_id", bert.PaddingId),
                Positions = section.Integer("max_position_embeddings", bert.Positions),
                TokenTypes = section.Integer("type_vocab_size", bert.TokenTypes),
                Transformer = new TransformerConfig
                {
                    Width = section.Integer("hidden_size", transformer.Width),
                    Layers = section.Integer("num_hidden_layers", transformer.Layers),
                    Heads = section.Integer("num_attention_heads", transformer.Heads),
                    MlpWidth = section.Integer("intermediate_size", transformer.MlpWidth),
                    NormEpsilon = section.Number("layer_norm_eps", transformer.NormEpsilon),
                    Activation = HuggingFaceTransformer.ReadActivation(section, "hidden_act", transformer.Activation),
                },
            },
        };
    }

    public override JsonObject Write(HuggingFaceTextEncoderConfig config, int vocabularySize)
    {
        var bert = (BertTextConfig)config;
        return new JsonObject
        {
            ["vocab_size"] = vocabularySize,
            ["hidden_size"] = bert.Width,
            ["num_hidden_layers"] = bert.Layers,
            ["num_attention_heads"] = bert.Transformer.Heads,
            ["intermediate_size"] = bert.Transformer.MlpWidth,
            ["hidden_act"] = HuggingFaceTransformer.NameOf(bert.Activation),
            ["layer_norm_eps"] = bert.Transformer.NormEpsilon,
            ["max_position_embeddings"] = bert.Positions,
            ["type_vocab_size"] = bert.TokenTypes,
            ["pad_token_id"] = bert.PaddingId,
        };
    }

    public override string UsualModel(HuggingFaceTextEncoderConfig config) =>
        ((BertTextConfig)config).PositionsFollowPadding ? "xlm-roberta-base" : "bert-base-uncased";
}
