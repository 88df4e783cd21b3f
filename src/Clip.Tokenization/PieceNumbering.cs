namespace Clip.Tokenization;

/// <summary>How a family of models numbers the pieces of a SentencePiece model, which does not say.</summary>
public enum PieceNumbering
{
    /// <summary>As the model does: T5, mT5, SigLIP, Gemma.</summary>
    Model,

    /// <summary>As XLM-RoBERTa and XLM-V do: start 0, padding 1, end 2, unknown 3, then the pieces, one higher than in the model.</summary>
    XlmRoberta,

    /// <summary>As NLLB does: as XLM-RoBERTa, and its 202 languages behind the pieces.</summary>
    Nllb,
}
