using System.Buffers;
using System.Globalization;
using System.Text;
using Clip.Tokenization.PieceModels;

namespace Clip.Tokenization.Pipelines;

/// <summary>Finds added tokens in a text: the leftmost, and of those that start there the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly AddedToken[] _tokens;
    private readonly PieceTrie? _trie;

    /// <summary>Creates a finder of tokens whose contents are distinct and not empty.</summary>
    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens];
        _trie = _tokens.Length == 0 ? null : new PieceTrie(_tokens.Select((token, index) => (token.Content, index)));
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look from.</param>
    /// <param name="match">Where it is, with the white space that it takes.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryNext(ReadOnlySpan<char> text, int from, out (int Start, int End, AddedToken Token) match)
    {
        match = default;
        for (var start = from; _trie is not null && start < text.Length; start++)
        {
            if (!_trie.StartsWith(text[start]))
                continue;
            var length = _trie.FindLongest(text[start..], out var index);
            if (length == 0)
                continue;
            var token = _tokens[index];
            var end = start + length;
            if (token.SingleWord && (EndsWord(text[..start]) || StartsWord(text[end..])))
            {
                start = end - 1;
                continue;
            }
            var first = token.TakesLeft ? from + text[from..start].TrimEnd().Length : start;
            if (token.TakesRight)
                end = text.Length - text[end..].TrimStart().Length;
            match = (first, end, token);
            return true;
        }
        return false;
    }

    private static bool EndsWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
