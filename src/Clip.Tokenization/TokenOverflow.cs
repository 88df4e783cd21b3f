namespace Clip.Tokenization;

/// <summary>What happens to a text of more tokens than the context has room for.</summary>
public enum TokenOverflow
{
    /// <summary>An exception that says how many tokens the text has.</summary>
    Throw,

    /// <summary>The tokens that fit, the end token last, as the originals do when asked to truncate.</summary>
    Truncate,

    /// <summary>As many rows as the text needs, for an embedder to average: <see cref="ContextTokenizer.TokenizeWindows"/>.</summary>
    Windows,
}
