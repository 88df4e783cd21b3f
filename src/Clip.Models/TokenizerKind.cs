namespace Clip.Models;

/// <summary>The kinds of tokenizers that published models were trained with.</summary>
public enum TokenizerKind
{
    /// <summary>CLIP's byte-level BPE with its own vocabulary (Radford et al. 2021, section 2.4).</summary>
    Clip,

    /// <summary>SentencePiece over canonical text, as SigLIP has it (Zhai et al. 2023).</summary>
    SigLip,

    /// <summary>Gemma's, as SigLIP 2 has it (Tschannen et al. 2025).</summary>
    Gemma,

    /// <summary>BERT's WordPiece.</summary>
    WordPiece,

    /// <summary>SentencePiece with the special tokens of XLM-RoBERTa, also with XLM-V's vocabulary.</summary>
    XlmRoberta,

    /// <summary>Byte-level BPE with the special tokens of RoBERTa.</summary>
    Roberta,

    /// <summary>SentencePiece with a token for each of NLLB's languages.</summary>
    Nllb,

    /// <summary>SentencePiece as T5 and mT5 have it.</summary>
    T5,

    /// <summary>Byte-level BPE with the special tokens of BERT, as ModernBERT has it.</summary>
    ModernBert,

    /// <summary>tiktoken's r50k_base, which is GPT-2's byte-level BPE, with open_clip's control tokens above it.</summary>
    Tiktoken,

    /// <summary>One that the config names and this library does not know.</summary>
    Unknown,
}
