using System.Text;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Tests.BytePairs;

/// <summary>The original's pattern, word by word.</summary>
public sealed class WordScannerTests
{
    private static readonly WordScanner Scanner = new(["<|startoftext|>", "<|endoftext|>"]);

    [Theory]
    [InlineData("it's we've they'll i'd i'm don't you're", "it|'s|we|'ve|they|'ll|i|'d|i|'m|don|'t|you|'re")]
    [InlineData("IT'S 'Ve 'LL", "IT|'S|'Ve|'LL")]
    [InlineData("'\u017Fo", "'\u017F|o")]
    [InlineData("'x '' 'r", "'|x|''|'|r")]
    [InlineData("a12b!!?c_d", "a|1|2|b|!!?|c|_|d")]
    [InlineData("!!'s", "!!'|s")]
    [InlineData("日本語 한국어 \U0001D49C\U00010400", "日本語|한국어|\U0001D49C\U00010400")]
    [InlineData("Ⅷ½²٣\U0001D7D9", "Ⅷ|½|²|٣|\U0001D7D9")]
    [InlineData("😀😀a", "😀😀|a")]
    [InlineData("e\u0301x", "e|\u0301|x")]
    [InlineData("α\u0345β !\u0345", "α|β|!")]
    [InlineData("a\u00A0b\u3000c", "a|b|c")]
    [InlineData("<|endoftext|>a <|StartOfText|>", "<|endoftext|>|a|<|StartOfText|>")]
    [InlineData(".<|endoftext|> <|end", ".<|endoftext|>", 3)]
    [InlineData("", "")]
    public void TryNext_Text_GivesTheOriginalsWords(string text, string expected, int firstPieces = 0)
    {
        var words = Words(Scanner, text);

        if (firstPieces == 0)
            Assert.Equal(expected, string.Join('|', words));
        else
            Assert.Equal(expected, string.Concat(words.Take(firstPieces)));
    }

    [Fact]
    public void TryNext_NoSpecials_SplitsThemAsText() =>
        Assert.Equal(["<|", "endoftext", "|>"], Words(new WordScanner([]), "<|endoftext|>"));

    private static List<string> Words(WordScanner scanner, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var words = new List<string>();
        for (var start = 0; scanner.TryNext(utf8, ref start, out var end); start = end)
            words.Add(Encoding.UTF8.GetString(utf8, start, end - start));
        return words;
    }
}
