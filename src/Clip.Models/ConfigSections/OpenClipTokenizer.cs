using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Which tokenizer open_clip's text_cfg names: the repository of the Hub that holds its vocabulary.</summary>
internal static class OpenClipTokenizer
{
    // The published repositories that hold SigLIP's vocabularies of 32,000 and Gemma's of 256,000 tokens, and those of further families.
    private const string SigLip = "timm/ViT-B-16-SigLIP";
    private const string Gemma = "timm/ViT-B-16-SigLIP2";
    private const string Bert = "bert-base-uncased";
    private const string Roberta = "roberta-base";
    private const string XlmRoberta = "xlm-roberta-base";
    private const string XlmV = "facebook/xlm-v-base";
    private const string Nllb = "facebook/nllb-200-distilled-600M";
    private const string T5 = "google/mt5-base";
    private const string ModernBert = "answerdotai/ModernBERT-base";

    private const string Tiktoken = "tiktoken", TiktokenName = "tiktoken_name", TiktokenEncoding = "r50k_base";

    // XLM-V's vocabulary is the larger one of those with XLM-RoBERTa's tokens.
    private const int XlmVVocabulary = 901_629;

    private static readonly string[] Settings =
        ["hf_tokenizer_name", "tokenizer_mode", "tokenizer_kwargs", "tokenizer_type", TiktokenName, "bos_id"];

    // The first part that a name contains decides: Chinese "roberta-wwm" models are BERT's, and "xlm-roberta" contains "roberta".
    private static readonly (string Part, TokenizerKind Kind)[] Parts =
    [
        ("xlm-", TokenizerKind.XlmRoberta),
        ("nllb", TokenizerKind.Nllb),
        ("chinese", TokenizerKind.WordPiece),
        ("modernbert", TokenizerKind.ModernBert),
        ("roberta", TokenizerKind.Roberta),
        ("bert", TokenizerKind.WordPiece),
        ("t5", TokenizerKind.T5),
        ("gemma", TokenizerKind.Gemma),
    ];

    public static TokenizerKind Read(ConfigSection text, int vocabularySize)
    {
        text.Ignore(Settings);
        if (text.Text("tokenizer_type") == Tiktoken)
            return text.Text(TiktokenName) == TiktokenEncoding ? TokenizerKind.Tiktoken : TokenizerKind.Unknown;
        var name = text.Text("hf_tokenizer_name");
        if (string.IsNullOrEmpty(name))
            return TokenizerKind.Clip;
        if (name.Contains("SigLIP2", StringComparison.OrdinalIgnoreCase))
            return TokenizerKind.Gemma;
        if (name.Contains("SigLIP", StringComparison.OrdinalIgnoreCase))
            return TokenizerKinds.OfSigLip(vocabularySize);
        foreach (var (part, kind) in Parts)
        {
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
                return kind;
        }
        return TokenizerKind.Unknown;
    }

    /// <summary>Writes under which name, and with which cleaning, open_clip finds a tokenizer; nothing for its own, and where it is not known.</summary>
    /// <param name="text">The text_cfg.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="vocabularySize">Number of its tokens.</param>
    public static void Write(JsonObject text, TokenizerKind tokenizer, int vocabularySize)
    {
        if (tokenizer == TokenizerKind.Tiktoken)
        {
            text["tokenizer_type"] = Tiktoken;
            text[TiktokenName] = TiktokenEncoding;
            return;
        }
        var name = tokenizer switch
        {
            TokenizerKind.SigLip => SigLip,
            TokenizerKind.Gemma => Gemma,
            TokenizerKind.WordPiece => Bert,
            TokenizerKind.Roberta => Roberta,
            TokenizerKind.XlmRoberta => vocabularySize >= XlmVVocabulary ? XlmV : XlmRoberta,
            TokenizerKind.Nllb => Nllb,
            TokenizerKind.T5 => T5,
            TokenizerKind.ModernBert => ModernBert,
            _ => null,
        };
        if (name is null)
            return;
        // An encoder that is named has the tokenizer of its own repository.
        text["hf_tokenizer_name"] = text["hf_model_name"]?.DeepClone() ?? name;
        if (tokenizer is TokenizerKind.SigLip or TokenizerKind.Gemma)
            text["tokenizer_kwargs"] = new JsonObject { ["clean"] = "canonicalize" };
    }
}
