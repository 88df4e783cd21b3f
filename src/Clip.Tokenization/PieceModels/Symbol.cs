namespace Clip.Tokenization.PieceModels;

/// <summary>A piece of a word while its neighbors are merged.</summary>
internal struct Symbol
{
    /// <summary>What stands for no neighbor, and for the id of what is no token.</summary>
    public const int None = -1;

    /// <summary>Its first character.</summary>
    public int Start;

    /// <summary>Number of characters; 0 once it is merged into the one before it.</summary>
    public int Length;

    /// <summary>Its token.</summary>
    public int Id;

    /// <summary>Whether it is never merged.</summary>
    public bool IsFixed;

    /// <summary>The piece before it.</summary>
    public int Previous;

    /// <summary>The piece behind it.</summary>
    public int Next;

    /// <summary>Its characters.</summary>
    public readonly ReadOnlySpan<char> In(ReadOnlySpan<char> word) => word.Slice(Start, Length);
}
