namespace Clip.Tokenization.Splitters;

/// <summary>Finds a text.</summary>
internal sealed class LiteralMatcher(string literal) : TextMatcher
{
    public override bool TryNext(ReadOnlySpan<char> text, ref int start, out int end)
    {
        var index = text[start..].IndexOf(literal, StringComparison.Ordinal);
        start += Math.Max(index, 0);
        end = start + literal.Length;
        return index >= 0;
    }
}
