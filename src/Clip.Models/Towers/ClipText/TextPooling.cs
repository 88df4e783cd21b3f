namespace Clip.Models;

/// <summary>Which token stands for a text.</summary>
public enum TextPooling
{
    /// <summary>The token with the highest id, the first of several; in OpenAI's vocabulary that is the end token.</summary>
    HighestId,

    /// <summary>The first end token; the first token where there is none.</summary>
    FirstEndToken,

    /// <summary>The first token.</summary>
    First,

    /// <summary>The last token, padding or not, as in SigLIP's models.</summary>
    Last,
}
