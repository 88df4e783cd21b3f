namespace Clip.Models;

/// <summary>Which tokenizer open_clip's text_cfg names.</summary>
internal static class OpenClipTokenizer
{
    // The published repositories that hold SigLIP's vocabularies of 32,000 and Gemma's of 256,000 tokens.
    private const string SigLip = "timm/ViT-B-16-SigLIP";
    private const string Gemma = "timm/ViT-B-16-SigLIP2";

    private static readonly string[] Settings =
        ["hf_tokenizer_name", "tokenizer_mode", "tokenizer_kwargs", "tokenizer_type", "tiktoken_name", "bos_id"];

    public static TokenizerKind Read(ConfigSection text, int vocabularySize)
    {
        text.Ignore(Settings);
        return text.Text("hf_tokenizer_name") switch
        {
            null or "" => TokenizerKind.Clip,
            var name when name.Contains("SigLIP", StringComparison.OrdinalIgnoreCase) => TokenizerKinds.OfSigLip(vocabularySize),
            _ => TokenizerKind.Unknown,
        };
    }

    /// <summary>The name under which a config asks for a tokenizer; null for open_clip's own, and where it is not known.</summary>
    public static string? NameOf(TokenizerKind tokenizer) => tokenizer switch
    {
        TokenizerKind.SigLip => SigLip,
        TokenizerKind.Gemma => Gemma,
        _ => null,
    };
}
