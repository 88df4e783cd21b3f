namespace Clip.Tokenization.PieceModels;

/// <summary>Turns a word into the ids of its pieces.</summary>
internal abstract class PieceModel
{
    /// <summary>Appends the pieces of a word, which is not empty and has no lone surrogates.</summary>
    public abstract void Encode(ReadOnlySpan<char> word, ref WordTokens tokens);
}
