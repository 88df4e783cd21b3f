namespace Clip.Tokenization;

/// <summary>How much of a text fits the context.</summary>
/// <param name="TokenCount">Tokens of the whole text, start and end included.</param>
/// <param name="ContextLength">Tokens that there is room for, start and end included.</param>
/// <param name="Kept">The cleaned text up to where the context is full.</param>
/// <param name="Dropped">The rest of the cleaned text; empty where everything fits.</param>
public readonly record struct ContextFit(int TokenCount, int ContextLength, string Kept, string Dropped)
{
    /// <summary>Whether every token has its place.</summary>
    public bool Fits => TokenCount <= ContextLength;
}
