using System.IO.Compression;
using System.Reflection;
using System.Text;
using Clip.Tokenization.Tests.Support;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization.Tests.Pretrained;

/// <summary>tiktoken's ranks: splitting, merging, open_clip's control tokens, and files that are none.</summary>
public sealed class TiktokenTests
{
    private static readonly PretrainedTokenizerOptions Long = PretrainedTokenizerOptions.Tiktoken with { ContextLength = 4096, Overflow = TokenOverflow.Truncate };

    // The published ranks are in the package of the other implementation.
    private static readonly Lazy<PretrainedTokenizer> Published = new(() =>
    {
        var data = Assembly.Load("Microsoft.ML.Tokenizers.Data.R50kBase");
        using var packed = data.GetManifestResourceStream(data.GetManifestResourceNames().Single(name => name.EndsWith("tiktoken.deflate", StringComparison.Ordinal)))!;
        using var ranks = new DeflateStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(ranks, Encoding.ASCII);
        // The package puts the number of ranks before the tokens, which stand in the order of their ranks.
        Assert.StartsWith("Capacity", reader.ReadLine(), StringComparison.Ordinal);
        var tokens = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return TinyTiktoken.Load(string.Concat(tokens.Select((token, rank) => $"{token.TrimEnd()} {rank}\n")), Long);
    });

    // Ids of GPT-2's vocabulary that its users know by heart.
    [Theory]
    [InlineData("hello world", 31373, 995)]
    [InlineData("Hello, world!", 15496, 11, 995, 0)]
    [InlineData("a photo of a cat", 64, 4590, 286, 257, 3797)]
    public void Encode_PublishedRanks_GivesTheIdsOfGpt2(string text, params int[] expected)
    {
        var tokenizer = Published.Value;

        Assert.Equal([50_259, .. expected, 50_257], Ids(tokenizer, text));
        Assert.Equal((50_259, 50_257, 50_258, 50_260), (tokenizer.StartTokenId!.Value, tokenizer.EndTokenId, tokenizer.PaddingTokenId, tokenizer.VocabularySize));
        Assert.Equal(text, tokenizer.Decode(Ids(tokenizer, text), skipSpecialTokens: true));
    }

    // But for markup, which the other one takes for special tokens, as tiktoken's encode_ordinary does not.
    [Fact]
    public void Encode_PublishedRanks_GivesTheIdsOfAnotherImplementation()
    {
        var other = TiktokenTokenizer.CreateForEncoding("r50k_base");
        var texts = Recorded.Rows("openai_tokenize.jsonl").Select(row => row.Text("text"))
            .Concat(AnyTexts(200)).Where(text => !text.Contains("<|endoftext|>", StringComparison.Ordinal) && !text.EnumerateRunes().Any(IsSplitOtherwise)).ToList();

        Recorded.AssertAllEqual("r50k_base", texts.Select(text => (
            text, (int[])[50_259, .. other.EncodeToIds(text, considerPreTokenization: true, considerNormalization: false), 50_257], Ids(Published.Value, text))));
        Assert.True(texts.Count > 500, $"{texts.Count}");
    }

    [Fact]
    public void Encode_TheLowestRank_IsMergedFirstAndOfEqualsTheLeftmost()
    {
        var tokenizer = TinyTiktoken.Load(TinyTiktoken.Text("bc", "ab", "aa", "aaa"));

        Assert.Equal(['a', 256], Body(tokenizer, "abc"));
        Assert.Equal([258, 258], Body(tokenizer, "aaaa"));
        Assert.Equal([258, 259], Body(tokenizer, "aaaaa"));
    }

    // Merges alone would end at "ab" and "c".
    [Fact]
    public void Encode_AWordThatIsAToken_IsNotMerged() =>
        Assert.Equal([257], Body(TinyTiktoken.Load(TinyTiktoken.Text("ab", "xabc")), "xabc"));

    [Fact]
    public void Encode_SpecialMarkup_IsTextLikeAnyOther()
    {
        var tokenizer = TinyTiktoken.Load(TinyTiktoken.Text("hello"));

        Assert.Equal("<|endoftext|>".Select(character => (int)character), Body(tokenizer, "<|endoftext|>"));
        Assert.Equal((260, 258, 259, 261), (tokenizer.StartTokenId!.Value, tokenizer.EndTokenId, tokenizer.PaddingTokenId, tokenizer.VocabularySize));
    }

    [Fact]
    public void Encode_TooLong_EndsWithTheEndToken()
    {
        var tokenizer = TinyTiktoken.Load(TinyTiktoken.Text(), PretrainedTokenizerOptions.Tiktoken with { ContextLength = 5, Overflow = TokenOverflow.Truncate });

        Assert.Equal([259L, 'a', 'b', 'c', 257], tokenizer.Tokenize("abcdefg"));
        Assert.Equal([259L, 'a', 257, 258, 258], tokenizer.Tokenize("a"));
    }

    [Fact]
    public void Encode_ALongWord_TakesTimeThatGrowsWithItsLength()
    {
        var tokenizer = TinyTiktoken.Load(TinyTiktoken.Text("aa", "aaaa", "aaaaaaaa"), Long with { ContextLength = 1 << 17 });

        Assert.Equal((1 << 20) / 8, Body(tokenizer, new string('a', 1 << 20)).Length);
    }

    [Theory]
    [InlineData("", "no rank for the byte")]
    [InlineData("IQ==", "line 1")]
    [InlineData("IQ== x", "no number")]
    [InlineData("IQ== -1", "no number")]
    [InlineData("IQ== 99999999999999999999", "no number")]
    [InlineData("IQ== 4194304", "out of range")]
    [InlineData("I!== 0", "base 64")]
    [InlineData(" 0", "base 64")]
    [InlineData("IQ== 0", "no rank for the byte")]
    [InlineData("IQ== 0\nIQ== 1", "twice")]
    public void Load_NoRanks_SaysWhatIsWrong(string text, string part)
    {
        var error = Assert.Throws<VocabularyException>(() => TinyTiktoken.Load(text));

        Assert.EndsWith(TinyTiktoken.FileName, error.VocabularyPath);
        Assert.Contains(part, error.Message);
    }

    [Fact]
    public void Load_WrongRanks_SaysWhatIsWrong()
    {
        var ranks = TinyTiktoken.Text("ab");

        Assert.Contains("missing", Assert.Throws<VocabularyException>(() => TinyTiktoken.Load(ranks + "YWJj 258\n")).Message);
        Assert.Contains("same id 256", Assert.Throws<VocabularyException>(() => TinyTiktoken.Load(ranks + "YWJj 256\n")).Message);
        Assert.Contains("1,025", Assert.Throws<VocabularyException>(() => TinyTiktoken.Load(TinyTiktoken.Text(new string('a', 1025)))).Message.Replace('.', ','));
        Assert.Contains(
            "another encoding",
            Assert.Throws<VocabularyException>(() => TinyTiktoken.Load(TinyTiktoken.Text(Enumerable.Range(0, 50_001).Select(i => $" {i:D6}")))).Message);
    }

    [Fact]
    public void Load_LinesThatEndInReturns_AreThoseWithout()
    {
        var tokenizer = TinyTiktoken.Load(TinyTiktoken.Text("hello").Replace("\n", "\r\n", StringComparison.Ordinal).TrimEnd());

        Assert.Equal([256], Body(tokenizer, "hello"));
    }

    private static int[] Ids(PretrainedTokenizer tokenizer, string text) => [tokenizer.StartTokenId!.Value, .. tokenizer.EncodeToIds(text), tokenizer.EndTokenId];

    private static int[] Body(PretrainedTokenizer tokenizer, string text) => [.. tokenizer.EncodeToIds(text)];

    // .NET's expressions see halves of surrogate pairs, which are no letters and no numbers.
    private static bool IsSplitOtherwise(Rune rune) => !rune.IsBmp && (Rune.IsLetter(rune) || Rune.IsNumber(rune));

    private static IEnumerable<string> AnyTexts(int count)
    {
        var random = new Random(7);
        string[] parts = [" ", "  ", "\n", "\t \n", "\u00a0", "\u3000", "'s", "'LL", "'ve ", "don't", "caf\u00e9", "\u732b\u304c", "\u0661\u0662", "123", "4.5", "!!", " \ud83d\ude00", "\u0000", "\u0301", "Ab", "\u0e01\u0e33", "_"];
        for (var i = 0; i < count; i++)
            yield return string.Concat(Enumerable.Range(0, 1 + random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
    }
}
