namespace Clip.Models.Tests.Text;

/// <summary>Text towers of Hugging Face's library that are small enough to build in a moment, beside CLIP's image tower.</summary>
internal static class TinyTexts
{
    public static IReadOnlyDictionary<string, DualEncoderConfig> All { get; } = new Dictionary<string, DualEncoderConfig>
    {
        ["Bert"] = With(new HuggingFaceTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Encoder = Bert(followsPadding: false),
            Pooling = HuggingFaceTextPooling.Pooler, Projection = HuggingFaceTextProjection.Linear, EncoderName = "bert-base-uncased",
        }),
        ["ChineseClip"] = With(new HuggingFaceTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Encoder = Bert(followsPadding: false) with { Positions = 10 }, Tokenizer = TokenizerKind.WordPiece,
            Pooling = HuggingFaceTextPooling.First, Projection = HuggingFaceTextProjection.Linear,
        }),
        ["Roberta"] = With(new HuggingFaceTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Encoder = Bert(followsPadding: true), EncoderName = "xlm-roberta-large",
        }),
        ["Nllb"] = With(new HuggingFaceTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Pooling = HuggingFaceTextPooling.Pooler, Projection = HuggingFaceTextProjection.Linear,
            EncoderName = "facebook/nllb-200-distilled-1.3B",
            Encoder = new M2M100TextConfig { PaddingId = 1, Transformer = Transformer(Activation.Relu) },
        }),
        ["Mt5"] = With(new HuggingFaceTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Pooling = HuggingFaceTextPooling.Max, Projection = HuggingFaceTextProjection.None, EncoderName = "google/mt5-xl",
            Encoder = new Mt5TextConfig { PaddingId = 0, Channels = 24, Blocks = 2, Heads = 2, HeadWidth = 16, MlpWidth = 40, DistanceBuckets = 8, FarthestDistance = 6 },
        }),
        ["ModernBert"] = With(new HuggingFaceTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Pooling = HuggingFaceTextPooling.Pooler, Projection = HuggingFaceTextProjection.Linear,
            EncoderName = "Alibaba-NLP/gte-modernbert-base",
            Encoder = new ModernBertTextConfig { PaddingId = 3, Positions = 16, GlobalInterval = 2, LocalWindow = 4, Transformer = Transformer(Activation.Gelu) with { MlpWidth = 40 } },
        }),
        ["AltClip"] = With(new AltClipTextConfig
        {
            ContextLength = 10, VocabularySize = 50, Tokenizer = TokenizerKind.XlmRoberta, TransformedWidth = 20, Encoder = Bert(followsPadding: true) with { Positions = 12 },
        }),
    };

    /// <summary>open_clip's "modern" tower with what its published configs choose, and with all else that can be chosen.</summary>
    public static IReadOnlyDictionary<string, DualEncoderConfig> Modern { get; } = new Dictionary<string, DualEncoderConfig>
    {
        ["ModernEnd"] = With(ModernText with { EndTokenId = 40, GatedAttention = true }),
        ["ModernMap"] = With(ModernText with { Pooling = ModernTextPooling.Attention, Causal = false, NormedQueries = true, GatedAttention = true, NormEpsilon = 1e-5 }),
        ["ModernOptions"] = With(ModernText with
        {
            Pooling = ModernTextPooling.Mean, Causal = false, RotaryBase = 500, Mlp = ModernTextMlpKind.SquaredRelu, LayerNorms = true, NormedQueries = true,
            GatedAttention = true, NormedTokens = true, SandwichNorms = true, RegisterTokens = 2, ValueResidual = true, AttentionBias = true, MlpBias = true,
            LayerScale = 0.5, ProjectionBias = true,
        }),
        ["ModernBare"] = With(ModernText with
        {
            EndTokenId = 40, RotaryBase = null, Mlp = ModernTextMlpKind.Gelu, Projection = false, GatedAttention = true, GateBias = true, RegisterTokens = 1,
        }),
    };

    private static ModernTextConfig ModernText => new() { ContextLength = 10, VocabularySize = 50, Width = 24, Layers = 2, Heads = 2, MlpWidth = 40, PaddingId = 3 };

    /// <summary>Texts that end in padding, of 3 to 8 tokens.</summary>
    public static Tensor Tokens(DualEncoderConfig config)
    {
        var padding = config.Text switch
        {
            HuggingFaceTextConfig text => text.Encoder.PaddingId,
            ModernTextConfig text => text.PaddingId!.Value,
            _ => ((AltClipTextConfig)config.Text).Encoder.PaddingId,
        };
        var rows = new[] { 3, 5, 8 }.SelectMany((length, row) => Enumerable.Range(0, 10).Select(i => i < length ? 5L + 7 * row + i : padding));
        return tensor(rows.ToArray(), 3, 10);
    }

    private static DualEncoderConfig With(TextTowerConfig text) => TinyConfig.VisionTransformer with
    {
        Image = (VisionTransformerConfig)TinyConfig.VisionTransformer.Image with { Transformer = Transformer(Activation.Gelu) },
        Text = text,
    };

    private static BertTextConfig Bert(bool followsPadding) => new()
    {
        PaddingId = followsPadding ? 1 : 0,
        Positions = 16,
        TokenTypes = followsPadding ? 1 : 2,
        PositionsFollowPadding = followsPadding,
        Transformer = Transformer(Activation.Gelu) with { NormEpsilon = 1e-12, MlpWidth = 40 },
    };

    private static TransformerConfig Transformer(Activation activation) => new() { Width = 24, Layers = 2, Heads = 2, Activation = activation };
}
