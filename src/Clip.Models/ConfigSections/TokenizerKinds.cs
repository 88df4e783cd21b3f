namespace Clip.Models;

/// <summary>What vocabularies say about their tokenizer.</summary>
internal static class TokenizerKinds
{
    // SigLIP 2 has Gemma's vocabulary (google-research/big_vision, README_siglip2.md).
    private const int GemmaVocabulary = 256_000;

    /// <summary>The tokenizer of a SigLIP of either generation.</summary>
    public static TokenizerKind OfSigLip(int vocabularySize) => vocabularySize == GemmaVocabulary ? TokenizerKind.Gemma : TokenizerKind.SigLip;
}
