using System.Buffers;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests;

/// <summary>Rows, overflow, batches and the members of the library's base class, on a vocabulary of a few merges.</summary>
public sealed class ClipTokenizerTests
{
    private static readonly ClipTokenizer Tokenizer = TinyVocabulary.Load();

    [Fact]
    public void Tokenize_Caption_FillsTheRow()
    {
        var row = new int[77];
        row.AsSpan().Fill(-1);

        Tokenizer.Tokenize("A cat &amp; a DOG", row);

        Assert.Equal([524, 320, 513, 261, 320, 515, 525], row[..7]);
        Assert.All(row[7..], id => Assert.Equal(0, id));
        Assert.Equal(row.Select(id => (long)id), Tokenizer.Tokenize("A cat &amp; a DOG"));
    }

    [Fact]
    public void Tokenize_PaddedWithEndToken_EndsInEndTokens()
    {
        var row = TinyVocabulary.Load(ClipTokenizerOptions.HuggingFace with { ContextLength = 5 }).Tokenize("cat");

        Assert.Equal([524, 513, 525, 525, 525], row);
    }

    [Theory]
    [InlineData("cat", true)]
    [InlineData("cat dog", true)]
    [InlineData("cat dog of", false)]
    public void Tokenize_TextOfAnyLength_ThrowsWhereItDoesNotFit(string text, bool fits)
    {
        var tokenizer = TinyVocabulary.Load(new() { ContextLength = 4 });

        if (fits)
            tokenizer.Tokenize(text);
        else
            Assert.Contains("5 tokens", Assert.Throws<ArgumentException>(() => tokenizer.Tokenize(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenize_Truncating_KeepsTheEndToken() =>
        Assert.Equal([524, 513, 515, 525],
            TinyVocabulary.Load(new() { ContextLength = 4, Overflow = TokenOverflow.Truncate }).Tokenize("cat dog of cat"));

    [Fact]
    public void TokenizeWindows_LongTexts_GivesEveryToken()
    {
        var tokenizer = TinyVocabulary.Load(new() { ContextLength = 4, Overflow = TokenOverflow.Windows });

        var windows = tokenizer.TokenizeWindows(["cat", "cat dog of", "", "cat dog of cat"]);

        Assert.Equal((4, 6), (windows.Texts, windows.Rows));
        Assert.Equal([0..1, 1..3, 3..4, 4..6], Enumerable.Range(0, 4).Select(windows.RowsOf));
        Assert.Equal([524, 513, 525, 0], windows.Row(0).ToArray());
        Assert.Equal([524, 513, 515, 525], windows.Row(1).ToArray());
        Assert.Equal([524, 516, 525, 0], windows.Row(2).ToArray());
        Assert.Equal([524, 525, 0, 0], windows.Row(3).ToArray());
        Assert.Contains("TokenizeWindows", Assert.Throws<ArgumentException>(() => tokenizer.Tokenize("cat dog of")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TokenizeWindows_OtherPolicies_GivesOneRowPerText()
    {
        var truncating = TinyVocabulary.Load(new() { ContextLength = 4, Overflow = TokenOverflow.Truncate });
        var throwing = TinyVocabulary.Load(new() { ContextLength = 4 });

        Assert.Equal(2, truncating.TokenizeWindows(["cat dog of", "cat"]).Rows);
        Assert.Contains("texts[1]", Assert.Throws<ArgumentException>(() => throwing.TokenizeWindows(["cat", "cat dog of"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_LongText_SaysWhatIsDropped()
    {
        var fit = TinyVocabulary.Load(new() { ContextLength = 4 }).Fit("Cat, Dog of CATS");

        Assert.Equal(new ContextFit(9, 4, "cat,", "dog of cats"), fit);
        Assert.False(fit.Fits);
        Assert.Equal(new ContextFit(3, 77, "cat", ""), Tokenizer.Fit(" Cat"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2000)]
    public void Tokenize_Batch_GivesTheRowsOfEachText(int count)
    {
        var texts = Enumerable.Range(0, count).Select(i => $"cat {i} é{i % 7}").ToList();
        var longs = new long[count * 77];
        var ints = new int[count * 77];

        Tokenizer.Tokenize(texts, longs);
        Tokenizer.Tokenize(texts, ints);

        Assert.Equal(texts.SelectMany(text => Tokenizer.Tokenize(text)), longs);
        Assert.Equal(longs, ints.Select(id => (long)id));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(2000)]
    public void Tokenize_BatchWithTextsTooLong_NamesTheFirst(int count)
    {
        var texts = Enumerable.Range(0, count).Select(i => i % 19 == 13 ? string.Concat(Enumerable.Repeat("cat ", 99)) : "cat").ToList();

        var error = Assert.Throws<ArgumentException>(() => Tokenizer.Tokenize(texts, new long[count * 77]));

        Assert.Contains("texts[13] has 101 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenize_BatchWithNull_NamesItsPlace() =>
        Assert.Contains("texts[1]", Assert.Throws<ArgumentException>(() => Tokenizer.Tokenize(["a", null!], new long[154])).Message, StringComparison.Ordinal);

    [Fact]
    public void Tokenize_WrongRoom_ThrowsArgumentException()
    {
        Assert.Throws<ArgumentException>(() => Tokenizer.Tokenize("cat", new int[76]));
        Assert.Throws<ArgumentException>(() => Tokenizer.Tokenize(["cat"], new long[78]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public void Tokenize_Cancelled_Throws(int count)
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            Tokenizer.Tokenize([.. Enumerable.Repeat("cat", count)], new long[count * 77], cancelled.Token));
    }

    [Fact]
    public void Tokenize_AsciiText_AllocatesNothing()
    {
        var row = new long[77];
        void TokenizeOften()
        {
            for (var i = 0; i < 100; i++)
                Tokenizer.Tokenize("A photo of a cat, and of another.", row);
        }
        TokenizeOften();

        Assert.Equal(0, Allocations.OfEach(TokenizeOften));
    }

    [Fact]
    public void EncodeToTokens_Text_GivesPlacesInTheCleanedText()
    {
        var tokens = Tokenizer.EncodeToTokens("  Cat, 日 DOG", out var cleaned);

        Assert.Equal("cat, 日 dog", cleaned);
        Assert.Equal(["cat</w>", ",</w>", "æ", "Ĺ", "¥</w>", "dog</w>"], tokens.Select(token => token.Value));
        Assert.Equal([0..3, 3..4, 5..6, 6..6, 6..6, 7..10], tokens.Select(token => token.Offset));
    }

    [Fact]
    public void EncodeToIds_LimitedCount_StopsBetweenCharacters()
    {
        Assert.Equal([513], Tokenizer.EncodeToIds("cat 日", maxTokenCount: 3, out var cleaned, out var consumed));
        Assert.Equal("cat ", cleaned![..consumed]);
        Assert.Equal(2, Tokenizer.CountTokens("cat dog"));
        Assert.Equal(4, Tokenizer.GetIndexByTokenCount("cat dog of", 1, out _, out var count));
        Assert.Equal(1, count);
        Assert.Equal(8, Tokenizer.GetIndexByTokenCountFromEnd("cat dog of", 1, out _, out count));
        Assert.Equal(1, count);
    }

    [Fact]
    public void PreTokenizerAndNormalizer_Text_GiveWordsAndCleanedText()
    {
        Assert.Equal("a cat's <b>", Tokenizer.Normalizer.Normalize(" A CAT’S &lt;b&gt;"));
        Assert.Equal([(0, 1), (2, 3), (5, 2), (8, 1), (9, 2)], Tokenizer.PreTokenizer.PreTokenize("a cat's 日😀"));
    }

    [Fact]
    public void Decode_Ids_GivesText()
    {
        Assert.Equal("<|startoftext|>cat dog <|endoftext|>", Tokenizer.Decode([524, 513, 515, 525]));
        Assert.Equal("cat dog ", Tokenizer.Decode([524, 513, 515, 525], skipSpecialTokens: true));
        Assert.Equal("\uFFFD", Tokenizer.Decode([Tokenizer.EncodeToIds("日")[0]]));
        Assert.Contains("526", Assert.Throws<ArgumentException>(() => Tokenizer.Decode([526])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tokenizer.Decode([-1]));

        var text = new char[4];
        Assert.Equal(OperationStatus.Done, Tokenizer.Decode([513], text, out var consumed, out var written));
        Assert.Equal((1, 4, "cat "), (consumed, written, new string(text)));
        Assert.Equal(OperationStatus.DestinationTooSmall, Tokenizer.Decode([513, 515], text, out _, out _));
    }

    [Fact]
    public void EncodeToIds_SpecialTokenInCaption_IsAChoice()
    {
        var never = TinyVocabulary.Load(new() { SpecialTokens = SpecialTokenMatching.Never });
        var before = TinyVocabulary.Load(new() { SpecialTokens = SpecialTokenMatching.BeforeCleaning });

        Assert.Equal([525, 513], Tokenizer.EncodeToIds("<|EndOfText|> cat"));
        Assert.DoesNotContain(525, never.EncodeToIds("<|endoftext|> cat"));
        Assert.Equal([256, 525, 513], before.EncodeToIds("!<|endoftext|>cat"));
    }

    [Fact]
    public void Load_UnknownChoices_ThrowArgumentException()
    {
        Assert.Throws<ArgumentException>(() => TinyVocabulary.Load(new() { Overflow = (TokenOverflow)99 }));
        Assert.Throws<ArgumentException>(() => TinyVocabulary.Load(new() { Padding = (TokenPadding)99 }));
        Assert.Throws<ArgumentException>(() => TinyVocabulary.Load(new() { Cleaning = (TextCleaning)99 }));
        Assert.Throws<ArgumentException>(() => TinyVocabulary.Load(new() { SpecialTokens = (SpecialTokenMatching)99 }));
    }

    [Theory]
    [InlineData(1, "<a>")]
    [InlineData(77, "a")]
    [InlineData(77, "<a b>")]
    [InlineData(77, "")]
    public void Load_WrongOptions_ThrowsArgumentException(int contextLength, string special) =>
        Assert.Throws<ArgumentException>(() => TinyVocabulary.Load(new() { ContextLength = contextLength, AdditionalSpecialTokens = [special] }));
}
