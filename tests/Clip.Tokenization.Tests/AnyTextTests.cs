using System.Text;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests;

/// <summary>What holds for every string, half surrogate pairs and broken encodings included.</summary>
public sealed class AnyTextTests
{
    private static readonly ClipTokenizer Tokenizer = TinyVocabulary.Load(new() { Overflow = TokenOverflow.Truncate });

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EncodeToIds_AnyText_DecodesToTheCleanedText(int seed)
    {
        foreach (var text in Texts(seed, 700))
        {
            var cleaned = Tokenizer.Clean(text);
            var decoded = Tokenizer.Decode(Tokenizer.EncodeToIds(text));
            // Words are decoded with a space behind each, and a caption may spell out the end of a word itself.
            Assert.Equal(WithoutSpaces(cleaned), WithoutSpaces(decoded));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EncodeToTokens_AnyText_CoversTheCleanedText(int seed)
    {
        foreach (var text in Texts(seed, 300))
        {
            var tokens = Tokenizer.EncodeToTokens(text, out var cleaned);
            Assert.Equal(Tokenizer.Clean(text), cleaned);
            Assert.Equal(WithoutSpaces(cleaned!), WithoutSpaces(string.Concat(tokens.Select(token => cleaned![token.Offset]))));
            Assert.Equal(tokens.Select(token => token.Id), Tokenizer.EncodeToIds(text));
            Assert.Equal(tokens.Count, Tokenizer.CountTokens(text));
        }
    }

    [Theory]
    [InlineData(TextCleaning.Lower)]
    [InlineData(TextCleaning.Whitespace)]
    [InlineData(TextCleaning.WhitespaceAndUnderscores)]
    [InlineData(TextCleaning.Canonical)]
    public void Clean_AnyText_HasSingleSpaces(TextCleaning cleaning)
    {
        foreach (var text in Texts(99, 1000))
        {
            foreach (var flag in new[] { false, true })
            {
                var cleaned = new TextCleaner(cleaning, repair: flag, unescapeHtml: flag).Clean(text);
                Assert.DoesNotContain("  ", cleaned, StringComparison.Ordinal);
                Assert.Equal(cleaned, cleaned.Trim());
            }
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("日")]
    [InlineData("!")]
    [InlineData("Ã©")]
    [InlineData("&amp;")]
    [InlineData("\uD800")]
    [InlineData("amp;", "&")]
    public void Tokenize_VeryLongText_EndsInTime(string piece, string start = "")
    {
        var row = Tokenizer.Tokenize(start + string.Concat(Enumerable.Repeat(piece, 50_000)));

        Assert.Equal(Tokenizer.EndTokenId, row[^1]);
    }

    // U+0345 belongs to no word.
    private static string WithoutSpaces(string text) =>
        string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '\u0345')).Replace("</w>", "", StringComparison.Ordinal);

    private static IEnumerable<string> Texts(int seed, int count)
    {
        var random = new Random(seed);
        var recorded = Recorded.Rows("openai_tokenize.jsonl").Select(row => row.Text("text")).ToList();
        for (var i = 0; i < count; i++)
        {
            yield return (i % 4) switch
            {
                0 => Random(random, 0x10000),
                1 => Random(random, 0x250),
                2 => Mutate(random, recorded[random.Next(recorded.Count)]),
                _ => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(recorded[random.Next(recorded.Count)])),
            };
        }
    }

    private static string Random(Random random, int limit) =>
        string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(limit)));

    private static string Mutate(Random random, string text)
    {
        var changed = new StringBuilder(text);
        for (var i = 0; i < 4; i++)
            changed.Insert(random.Next(changed.Length + 1), random.Next(3) == 0 ? "&<'Â\u0345"[random.Next(5)] : (char)random.Next(0x10000));
        return changed.ToString();
    }
}
