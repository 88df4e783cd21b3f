using System.Text.Json.Nodes;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests.Pretrained;

/// <summary>What tokenizer.json says, on vocabularies that can be followed by hand.</summary>
public sealed class TokenizerJsonTests
{
    private static readonly PretrainedTokenizerOptions Unpadded = PretrainedTokenizerOptions.HuggingFace with { PaddingToken = "</s>" };

    [Fact]
    public void EncodeToIds_BytePairs_MergesByRank()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.BytePairs());

        Assert.Equal([9], tokenizer.EncodeToIds("abc"));
        // The pair (a, b) stands before (a, a): the last a goes with the b.
        Assert.Equal([7, 6], tokenizer.EncodeToIds("aaab"));
        Assert.Equal([8, 3], tokenizer.EncodeToIds("aaaaa"));
        Assert.Equal([2, 3, 2, 4], tokenizer.EncodeToIds("xyz a xb"));
        Assert.Equal([1, 0], tokenizer.Tokenize("")[..2]);
    }

    [Fact]
    public void EncodeToIds_UnknownsApart_AreOneTokenEach()
    {
        var json = TinyTokenizerJson.BytePairs();
        json["model"]!["fuse_unk"] = false;

        Assert.Equal([2, 2, 3], TinyTokenizerJson.Load(json).EncodeToIds("xya"));
    }

    [Fact]
    public void EncodeToIds_WordsPreferred_AreNotMerged()
    {
        var json = TinyTokenizerJson.BytePairs();
        json["model"]!["vocab"]!["ba"] = 10;
        json["model"]!["ignore_merges"] = true;

        Assert.Equal([10], TinyTokenizerJson.Load(json).EncodeToIds("ba"));
        Assert.Equal([4, 7], TinyTokenizerJson.Load(json).EncodeToIds("baa"));
    }

    [Fact]
    public void EncodeToIds_SuffixAndPrefix_SayWhereInTheWordAPieceStands()
    {
        var json = TinyTokenizerJson.BytePairs();
        json["model"]!["continuing_subword_prefix"] = "+";
        json["model"]!["end_of_word_suffix"] = ".";
        json["model"]!["vocab"] = JsonNode.Parse("""{"<pad>": 0, "<end>": 1, "<unk>": 2, "a": 3, "+b": 4, "+c.": 5, "a.": 6, "ab": 7, "abc.": 8}""");
        json["model"]!["merges"] = JsonNode.Parse("""["a +b", "ab +c."]""");

        var tokenizer = TinyTokenizerJson.Load(json);

        Assert.Equal([8, 6], tokenizer.EncodeToIds("abc a"));
    }

    [Fact]
    public void EncodeToIds_Unigram_TakesTheLikeliestCut()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Unigram(), Unpadded);

        Assert.Equal([3, 7], tokenizer.EncodeToIds("cats"));
        Assert.Equal([3, 2, 0, 7], tokenizer.EncodeToIds("cat 犬犬s"));
        Assert.Equal("cats", tokenizer.Decode([3, 7]));
        Assert.Equal("cats cat", tokenizer.Decode([3, 7, 3]));
    }

    [Fact]
    public void EncodeToIds_WordPiece_TakesTheLongestPieces()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.WordPiece());

        Assert.Equal([4, 5, 6, 7, 8, 1], tokenizer.EncodeToIds("A Cafés!猫 xa"));
        Assert.Equal([1], tokenizer.EncodeToIds(new string('a', 101)));
        Assert.Equal("[CLS] a cafes! 猫 [SEP]", tokenizer.Decode([2, 4, 5, 6, 7, 8, 3]));
        Assert.Equal("a cafes! 猫", tokenizer.Decode([2, 4, 5, 6, 7, 8, 3], skipSpecialTokens: true));
    }

    [Fact]
    public void EncodeToIds_BytesOfRoberta_FollowGpt2sWords()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.ByteLevel());

        Assert.Equal((0, 2, 1), (tokenizer.StartTokenId!.Value, tokenizer.EndTokenId, tokenizer.PaddingTokenId));
        // "a", " ca", "t"; the mask takes the space before it.
        Assert.Equal([5 + 'a', 262, 5 + 't', 4, 5 + '!'], tokenizer.EncodeToIds("a cat <mask>!"));
        Assert.Equal([5 + 0xE7, 5 + 0x8C, 5 + 0xAB], tokenizer.EncodeToIds("猫"));
        Assert.Equal("a cat 猫", tokenizer.Decode(tokenizer.EncodeToIds("a cat 猫")));
        Assert.Equal(["a", "Ġca", "t"], tokenizer.EncodeToTokens("a cat", out _).Select(token => token.Value));
    }

    [Theory]
    [InlineData("a  b", "a", " ", " b")]
    [InlineData("it's 12x!?  \n", "it", "'s", " 12", "x", "!?", "  \n")]
    [InlineData("a \n b", "a", " \n", " b")]
    [InlineData("a\nb", "a", "\n", "b")]
    [InlineData("𝒜𝒷 𝟘", "𝒜𝒷", " 𝟘")]
    public void Gpt2Words_AreThoseOfThePattern(string text, params string[] words)
    {
        var found = new List<Splitters.TextSlice>();

        new Splitters.MatchSplitter(new Splitters.Gpt2Matcher(), Splitters.MatchBehavior.Isolated, invert: false)
            .Split(new Splitters.TextSlice(text, 0, text.Length, true), found);

        Assert.Equal(words, found.Select(word => word.Span.ToString()));
    }

    [Theory]
    [InlineData("Removed", "a", "b", "c")]
    [InlineData("Isolated", "a", "-", "b", "-", "-", "c")]
    [InlineData("Contiguous", "a", "-", "b", "--", "c")]
    [InlineData("MergedWithPrevious", "a-", "b-", "-", "c")]
    [InlineData("MergedWithNext", "a", "-b", "-", "-c")]
    public void Split_EachBehavior_LeavesTheMatchesWhereItSays(string behavior, params string[] words)
    {
        var found = new List<Splitters.TextSlice>();

        new Splitters.MatchSplitter(new Splitters.LiteralMatcher("-"), Enum.Parse<Splitters.MatchBehavior>(behavior), invert: false)
            .Split(new Splitters.TextSlice("a-b--c", 0, 6, true), found);

        Assert.Equal(words, found.Select(word => word.Span.ToString()));
    }

    [Fact]
    public void EncodeToIds_AddedTokens_AreFoundAsTheyAsk()
    {
        var json = TinyTokenizerJson.BytePairs();
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 10, "content": "<x>", "lstrip": true, "rstrip": true, "normalized": false, "special": false}"""));
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 11, "content": "cab", "single_word": true, "normalized": false}"""));
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 12, "content": "BB", "normalized": true}"""));
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 13, "content": "<xx>", "normalized": false}"""));
        json["normalizer"] = JsonNode.Parse("""{"type": "Lowercase"}""");
        json["pre_tokenizer"] = null;

        var tokenizer = TinyTokenizerJson.Load(json);

        Assert.Equal([3, 10, 4], tokenizer.EncodeToIds("a  <x> b"));
        Assert.Equal([13], tokenizer.EncodeToIds("<xx>"));
        Assert.Equal([11], tokenizer.EncodeToIds("cab"));
        Assert.Equal([5, 6, 3], tokenizer.EncodeToIds("caba"));
        Assert.Equal([3, 12, 3], tokenizer.EncodeToIds("abBa"));
    }

    [Fact]
    public void EncodeToIds_ByteFallback_SpellsWhatIsNoToken()
    {
        var json = TinyTokenizerJson.BytePairs();
        for (var value = 0; value < 256; value++)
            json["model"]!["vocab"]![$"<0x{value:X2}>"] = 10 + value;
        json["model"]!["byte_fallback"] = true;
        json["decoder"] = JsonNode.Parse("""{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}""");

        var tokenizer = TinyTokenizerJson.Load(json);

        Assert.Equal([3, 10 + 0xE7, 10 + 0x8C, 10 + 0xAB, 4], tokenizer.EncodeToIds("a猫b"));
        Assert.Equal("a猫b", tokenizer.Decode([3, 10 + 0xE7, 10 + 0x8C, 10 + 0xAB, 4]));
        Assert.Equal("a\uFFFD\uFFFDb", tokenizer.Decode([3, 10 + 0xE7, 10 + 0x8C, 4]));
        Assert.Equal([3, 10 + 0xEF, 10 + 0xBF, 10 + 0xBD], tokenizer.EncodeToIds("a\uD800"));
    }

    [Theory]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]}""", "áb", "ab")]
    [InlineData("""{"type": "NFC"}""", "a\u0301", "á")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", " a ", "a ")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""", "a", "▁a")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}""", "a \t b", "a b")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "ab"}, "content": "c$1"}""", "xabx", "xc$1x")]
    [InlineData("""{"type": "Lowercase"}""", "ΑΣ İ", "ας i̇")]
    public void Normalizers_DoWhatTheirNamesSay(string normalizer, string text, string expected)
    {
        using var document = System.Text.Json.JsonDocument.Parse(normalizer);

        var step = TokenizerFiles.NormalizerReader.Read(new TokenizerFiles.JsonSection("file", "normalizer", document.RootElement));

        Assert.Equal(expected.Replace('ς', 'σ'), step.Apply(text));
    }

    [Fact]
    public void Load_OldestForms_AreRead()
    {
        var json = TinyTokenizerJson.BytePairs();
        json["model"]!.AsObject().Remove("type");
        json["model"]!["merges"] = JsonNode.Parse("""["a b", "a a", "aa aa", "ab c"]""");
        var unigram = TinyTokenizerJson.Unigram();
        unigram["pre_tokenizer"] = JsonNode.Parse(
            """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": true}]}""");

        Assert.Equal([9], TinyTokenizerJson.Load(json).EncodeToIds("abc"));
        Assert.Equal([3, 3], TinyTokenizerJson.Load(unigram, Unpadded).EncodeToIds(" cat \t cat "));
    }

    [Fact]
    public void Load_Options_WinOverTheFile()
    {
        var json = TinyTokenizerJson.BytePairs();

        var tokenizer = TinyTokenizerJson.Load(json, PretrainedTokenizerOptions.HuggingFace with { StartToken = "c", EndToken = "a", PaddingToken = "b", ContextLength = 5 });

        Assert.Equal([5, 9, 3, 4, 4], tokenizer.Tokenize("abc"));
        Assert.Contains("no such", Assert.Throws<VocabularyException>(() =>
            TinyTokenizerJson.Load(json, PretrainedTokenizerOptions.HuggingFace with { EndToken = "no such" })).Message);
    }

    [Fact]
    public void Tokenize_TooLong_FollowsThePolicy()
    {
        var options = PretrainedTokenizerOptions.HuggingFace with { ContextLength = 3 };
        var json = TinyTokenizerJson.BytePairs();

        Assert.Contains("4 tokens", Assert.Throws<ArgumentException>(() => TinyTokenizerJson.Load(json, options).Tokenize("a b c")).Message);
        Assert.Equal([3, 4, 1], TinyTokenizerJson.Load(json, options with { Overflow = TokenOverflow.Truncate }).Tokenize("a b c"));
        Assert.Equal("c", TinyTokenizerJson.Load(json, options).Fit("a b c").Dropped.Trim());
        Assert.Equal([3, 4, 1, 5, 1, 0], TinyTokenizerJson.Load(json, options with { Overflow = TokenOverflow.Windows }).TokenizeWindows(["a b c"]).Ids.ToArray());
    }
}
