using System.Globalization;
using System.Text;

namespace Clip.Tokenization.Splitters;

/// <summary>BERT's words: apart at white space, each punctuation mark by itself.</summary>
/// <remarks>Source: google-research/bert, tokenization.py: all ASCII but letters, digits and spaces is punctuation, whatever Unicode calls it.</remarks>
internal sealed class BertWords : WordSplitter
{
    public override void Split(in TextSlice slice, List<TextSlice> words)
    {
        var text = slice.Span;
        var word = 0;
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
            var isSpace = Rune.IsWhiteSpace(rune);
            if (isSpace || IsPunctuation(rune))
            {
                if (i > word)
                    words.Add(slice.Part(word, i - word));
                if (!isSpace)
                    words.Add(slice.Part(i, length));
                word = i + length;
            }
            i += length;
        }
        if (word < text.Length)
            words.Add(slice.Part(word, text.Length - word));
    }

    /// <summary>Whether a character stands alone.</summary>
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is > ' ' and < 0x7F && !char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;
}
