namespace Clip.Tokenization.Splitters;

/// <summary>A part of a text that becomes one or more words.</summary>
/// <param name="Text">The text it is part of.</param>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="IsFirst">Whether the whole text starts with it.</param>
internal readonly record struct TextSlice(string Text, int Start, int Length, bool IsFirst)
{
    /// <summary>Its characters.</summary>
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>A part of it.</summary>
    public TextSlice Part(int start, int length) => new(Text, Start + start, length, IsFirst && start == 0);
}
