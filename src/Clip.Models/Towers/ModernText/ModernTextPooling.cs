namespace Clip.Models;

/// <summary>How the tokens of open_clip's "modern" text tower become one vector; padding never counts.</summary>
public enum ModernTextPooling
{
    /// <summary>The first end token; of a text without one, the last token.</summary>
    FirstEndToken,

    /// <summary>The mean of all tokens.</summary>
    Mean,

    /// <summary>Attention with one learned query.</summary>
    Attention,
}
