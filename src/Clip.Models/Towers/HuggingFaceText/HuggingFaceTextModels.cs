namespace Clip.Models;

/// <summary>The sizes of encoders that open_clip's configs name, which do not stand in the folders of models.</summary>
internal static class HuggingFaceTextModels
{
    private static readonly HuggingFaceTextModel
        BertBase = Bert("bert", width: 768, layers: 12, heads: 12, epsilon: 1e-12, vocabulary: 30_522, positions: 512, types: 2, padding: 0),
        BertLarge = Bert("bert", width: 1024, layers: 24, heads: 16, epsilon: 1e-12, vocabulary: 30_522, positions: 512, types: 2, padding: 0),
        RobertaBase = Bert("roberta", width: 768, layers: 12, heads: 12, epsilon: 1e-5, vocabulary: 50_265, positions: 514, types: 1, padding: 1),
        RobertaLarge = Bert("roberta", width: 1024, layers: 24, heads: 16, epsilon: 1e-5, vocabulary: 50_265, positions: 514, types: 1, padding: 1),
        XlmRobertaBase = Bert("xlm-roberta", width: 768, layers: 12, heads: 12, epsilon: 1e-5, vocabulary: 250_002, positions: 514, types: 1, padding: 1),
        XlmRobertaLarge = Bert("xlm-roberta", width: 1024, layers: 24, heads: 16, epsilon: 1e-5, vocabulary: 250_002, positions: 514, types: 1, padding: 1),
        ModernBertBase = ModernBert(width: 768, layers: 22, heads: 12, hidden: 1152);

    /// <summary>The models by their names on the Hub.</summary>
    public static IReadOnlyDictionary<string, HuggingFaceTextModel> ByName { get; } = new Dictionary<string, HuggingFaceTextModel>
    {
        ["bert-base-uncased"] = BertBase,
        ["google-bert/bert-base-uncased"] = BertBase,
        ["bert-large-uncased"] = BertLarge,
        ["google-bert/bert-large-uncased"] = BertLarge,
        ["microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract"] = BertBase,
        ["microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract-fulltext"] = BertBase,
        ["microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract"] = BertBase,
        ["microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext"] = BertBase,
        ["roberta-base"] = RobertaBase,
        ["FacebookAI/roberta-base"] = RobertaBase,
        ["roberta-large"] = RobertaLarge,
        ["FacebookAI/roberta-large"] = RobertaLarge,
        ["xlm-roberta-base"] = XlmRobertaBase,
        ["FacebookAI/xlm-roberta-base"] = XlmRobertaBase,
        ["xlm-roberta-large"] = XlmRobertaLarge,
        ["FacebookAI/xlm-roberta-large"] = XlmRobertaLarge,
        ["google/mt5-base"] = Mt5(width: 768, layers: 12, heads: 12, hidden: 2048),
        ["google/mt5-large"] = Mt5(width: 1024, layers: 24, heads: 16, hidden: 2816),
        ["google/mt5-xl"] = Mt5(width: 2048, layers: 24, heads: 32, hidden: 5120),
        ["facebook/nllb-200-distilled-600M"] = Nllb(layers: 12, hidden: 4096),
        ["facebook/nllb-200-distilled-1.3B"] = Nllb(layers: 24, hidden: 8192),
        ["answerdotai/ModernBERT-base"] = ModernBertBase,
        ["answerdotai/ModernBERT-large"] = ModernBert(width: 1024, layers: 28, heads: 16, hidden: 2624),
        ["Alibaba-NLP/gte-modernbert-base"] = ModernBertBase,
    };

    /// <summary>What the classes of Hugging Face's library have where a config says nothing, by model_type.</summary>
    public static IReadOnlyDictionary<string, HuggingFaceTextModel> ByType { get; } = new Dictionary<string, HuggingFaceTextModel>
    {
        ["bert"] = BertBase,
        ["roberta"] = RobertaBase,
        ["xlm-roberta"] = XlmRobertaBase,
        ["mt5"] = Mt5(width: 512, layers: 8, heads: 6, hidden: 1024),
        ["m2m_100"] = Nllb(layers: 12, hidden: 4096),
        ["modernbert"] = ModernBertBase,
    };

    private static HuggingFaceTextModel Bert(
        string type, int width, int layers, int heads, double epsilon, int vocabulary, int positions, int types, int padding) => new(
        type,
        new BertTextConfig
        {
            PaddingId = padding,
            Transformer = new TransformerConfig { Width = width, Layers = layers, Heads = heads, Activation = Activation.Gelu, NormEpsilon = epsilon },
            Positions = positions,
            TokenTypes = types,
            PositionsFollowPadding = type != "bert",
        },
        vocabulary);

    private static HuggingFaceTextModel Mt5(int width, int layers, int heads, int hidden) => new(
        "mt5", new Mt5TextConfig { PaddingId = 0, Channels = width, Blocks = layers, Heads = heads, MlpWidth = hidden }, 250_112);

    private static HuggingFaceTextModel Nllb(int layers, int hidden) => new(
        "m2m_100",
        new M2M100TextConfig
        {
            PaddingId = 1,
            Transformer = new TransformerConfig { Width = 1024, Layers = layers, Heads = 16, MlpWidth = hidden, Activation = Activation.Relu },
        },
        256_206);

    private static HuggingFaceTextModel ModernBert(int width, int layers, int heads, int hidden) => new(
        "modernbert",
        new ModernBertTextConfig
        {
            PaddingId = 50_283,
            Transformer = new TransformerConfig { Width = width, Layers = layers, Heads = heads, MlpWidth = hidden, Activation = Activation.Gelu },
        },
        50_368);
}
