using System.Text;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.BytePairs;

/// <summary>Splits UTF-8 text into the words that byte pairs are merged in.</summary>
/// <remarks>
/// The original's pattern, ignoring case: special tokens; 's 't 're 've 'm 'll 'd; runs of letters; single numbers; runs of
/// anything else but white space.
/// </remarks>
internal sealed class WordScanner(IReadOnlyList<string> specials)
{
    private enum Kind : byte
    {
        Space,
        Letter,
        Number,
        Other,
        Skipped,
    }

    // COMBINING GREEK YPOGEGRAMMENI: a mark whose capital is a letter. Ignoring case it is of neither class.
    private const int Ypogegrammeni = 0x345;
    private const int LongS = 0x17F;
    private const int KelvinSign = 0x212A;

    private static readonly Kind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(code => Classify(new Rune(code)))];

    private readonly string[] _specials = [.. specials];
    private readonly bool[] _startsSpecial = FirstBytes(specials);

    /// <summary>Finds the next word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where to look from; where the word starts.</param>
    /// <param name="end">Where the word ends.</param>
    /// <returns>Whether there is another word.</returns>
    public bool TryNext(ReadOnlySpan<byte> text, ref int start, out int end)
    {
        end = start;
        while (start < text.Length)
        {
            var special = SpecialLength(text[start..]);
            if (special > 0)
            {
                end = start + special;
                return true;
            }
            if (text[start] == '\'' && ContractionLength(text[start..]) is > 0 and var contraction)
            {
                end = start + contraction;
                return true;
            }
            var kind = KindAt(text, start, out var length);
            end = start + length;
            if (kind is Kind.Letter or Kind.Other)
            {
                while (end < text.Length && KindAt(text, end, out length) == kind)
                    end += length;
                return true;
            }
            if (kind == Kind.Number)
                return true;
            start = end;
        }
        return false;
    }

    /// <summary>The place of a special token that is exactly this word, or -1.</summary>
    public int FindSpecial(ReadOnlySpan<byte> word)
    {
        if (word.Length > 1 && _startsSpecial[word[0]])
        {
            for (var i = 0; i < _specials.Length; i++)
            {
                if (Encoding.UTF8.GetByteCount(_specials[i]) == word.Length && Encoding.UTF8.GetString(word) == _specials[i])
                    return i;
            }
        }
        return -1;
    }

    private static Kind KindAt(ReadOnlySpan<byte> text, int index, out int length)
    {
        var first = text[index];
        if (first < 0x80)
        {
            length = 1;
            return AsciiKinds[first];
        }
        Rune.DecodeFromUtf8(text[index..], out var rune, out length);
        return Classify(rune);
    }

    private static Kind Classify(Rune rune)
    {
        if (rune.Value == Ypogegrammeni)
            return Kind.Skipped;
        if (PythonText.IsLetter(rune))
            return Kind.Letter;
        if (PythonText.IsNumber(rune))
            return Kind.Number;
        return Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other;
    }

    private static int ContractionLength(ReadOnlySpan<byte> text)
    {
        var length = 1;
        var first = NextFolded(text, ref length);
        if (first is 's' or 't' or 'm' or 'd')
            return length;
        var second = NextFolded(text, ref length);
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? length : 0;
    }

    private int SpecialLength(ReadOnlySpan<byte> text)
    {
        if (!_startsSpecial[text[0]])
            return 0;
        foreach (var special in _specials)
        {
            int matched = 0, length = 0;
            while (matched < special.Length && length < text.Length && NextFolded(text, ref length) == Fold(special[matched]))
                matched++;
            if (matched == special.Length)
                return length;
        }
        return 0;
    }

    private static int NextFolded(ReadOnlySpan<byte> text, ref int length)
    {
        if (length >= text.Length)
            return -1;
        Rune.DecodeFromUtf8(text[length..], out var rune, out var consumed);
        length += consumed;
        return Fold(rune.Value);
    }

    // Two characters outside ASCII are the same as one of ASCII when case is ignored.
    private static int Fold(int code) => code switch
    {
        LongS => 's',
        KelvinSign => 'k',
        < 0x80 => char.ToLowerInvariant((char)code),
        _ => code,
    };

    private static bool[] FirstBytes(IEnumerable<string> specials)
    {
        var first = new bool[256];
        foreach (var special in specials)
        {
            first[(byte)char.ToLowerInvariant(special[0])] = true;
            first[(byte)char.ToUpperInvariant(special[0])] = true;
        }
        return first;
    }
}
