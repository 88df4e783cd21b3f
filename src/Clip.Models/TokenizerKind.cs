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

    /// <summary>One that the config names and this library does not know.</summary>
    Unknown,
}
