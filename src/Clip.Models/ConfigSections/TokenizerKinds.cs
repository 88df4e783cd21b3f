namespace Clip.Models;

/// <summary>What vocabularies say about their tokenizer.</summary>
internal static class TokenizerKinds
{
    // SigLIP 2 has Gemma's vocabulary (google-research/big_vision, README_siglip2.md).
    private const int GemmaVocabulary = 256_000;

    // open_clip's configs of MetaCLIP 2 with mT5's tokenizer.
    private const int Mt5Vocabulary = 250_100;

    /// <summary>The tokenizer of a SigLIP of either generation.</summary>
    public static TokenizerKind OfSigLip(int vocabularySize) => vocabularySize == GemmaVocabulary ? TokenizerKind.Gemma : TokenizerKind.SigLip;

    /// <summary>The tokenizer of a MetaCLIP 2: XLM-V's, or mT5's in its smaller models.</summary>
    public static TokenizerKind OfMetaClip2(int vocabularySize) => vocabularySize is Mt5Vocabulary ? TokenizerKind.T5 : TokenizerKind.XlmRoberta;
}
