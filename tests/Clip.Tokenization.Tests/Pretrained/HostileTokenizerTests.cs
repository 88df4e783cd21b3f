using System.Text;
using System.Text.Json.Nodes;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests.Pretrained;

/// <summary>Files that are broken, hostile, or ask for what is not supported: each is refused with its place.</summary>
public sealed class HostileTokenizerTests
{
    private const int LongText = 1 << 16;

    [Theory]
    [InlineData("normalizer", """{"type": "NFKC"}""", "normalizer", "NFKC")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "Nmt"}]}""", "normalizer.normalizers[1]", "Nmt")]
    [InlineData("normalizer", """{"type": "Lowercase", "upper": true}""", "normalizer", "upper")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "(?=a)"}, "content": ""}""", "normalizer", "regular expression")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "a("}, "content": ""}""", "normalizer", "regular expression")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": "a"}""", "normalizer", "empty")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "?"}""", "normalizer.precompiled_charsmap", "base 64")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "////fwAA"}""", "normalizer.precompiled_charsmap", "says that its trie has")]
    [InlineData("normalizer", """[]""", "normalizer", "object")]
    [InlineData("pre_tokenizer", """{"type": "Whitespace"}""", "pre_tokenizer", "Whitespace")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "\\p{L}+"}, "behavior": "Removed", "invert": true}""", "pre_tokenizer", "regular expression")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": " "}, "behavior": "Lost"}""", "pre_tokenizer", "Lost")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "xx"}""", "pre_tokenizer.replacement", "one character")]
    [InlineData("post_processor", """{"type": "Magic"}""", "post_processor", "Magic")]
    [InlineData("post_processor", """{"type": "BertProcessing", "sep": ["<end>", 99], "cls": ["<end>", 1]}""", "post_processor.sep[1]", "99")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [], "special_tokens": {}}""", "post_processor", "single")]
    [InlineData("decoder", """{"type": "CTC"}""", "decoder", "CTC")]
    [InlineData("added_tokens", """[{"id": 0, "content": "<pad>"}, {"id": 0, "content": "<pad>"}]""", "added_tokens", "twice")]
    [InlineData("added_tokens", """[{"id": 7, "content": "<pad>"}]""", "", "<pad>")]
    [InlineData("added_tokens", """[{"id": 3, "content": "other"}]""", "", "same id 3")]
    [InlineData("added_tokens", """[{"id": 4000000000, "content": "other"}]""", "added_tokens[0].id", "4000000000")]
    [InlineData("added_tokens", """[{"id": 4000000, "content": "other"}]""", "", "numbers its")]
    [InlineData("added_tokens", """[{"id": 10, "content": ""}]""", "", "0 characters")]
    [InlineData("added_tokens", """[{"id": 10, "content": "x", "lstrip": 1}]""", "added_tokens[0].lstrip", "true or false")]
    [InlineData("surprise", """{}""", "", "surprise")]
    public void Load_WrongSection_NamesItsPlace(string section, string json, string place, string part)
    {
        var file = TinyTokenizerJson.BytePairs();
        file[section] = JsonNode.Parse(json);

        var error = Assert.Throws<VocabularyException>(() => TinyTokenizerJson.Load(file));

        Assert.EndsWith("tokenizer.json", error.VocabularyPath);
        Assert.Contains(place, error.Message);
        Assert.Contains(part, error.Message);
    }

    [Theory]
    [InlineData("type", "\"WordLevel\"", "WordLevel")]
    [InlineData("type", "\"Unigram\"", "pieces")]
    [InlineData("vocab", "[[\"a\", 1]]", "pieces")]
    [InlineData("vocab", "{\"a\": 0.5}", "no integer")]
    [InlineData("vocab", "{\"a\": -1}", "out of range")]
    [InlineData("vocab", "{\"a\": 3, \"a\": 4}", "twice")]
    [InlineData("vocab", "{\"a\": 3, \"q\": 3}", "of which one is no token")]
    [InlineData("vocab", "7", "object")]
    [InlineData("vocab", "{\"\\ud800\": 3}", "surrogate")]
    [InlineData("merges", "[[\"a\", \"z\"]]", "merge 1")]
    [InlineData("merges", "[\"a b\", \"a b c\"]", "merge 2")]
    [InlineData("merges", "[\"a b\", \"a b\"]", "merge 1")]
    [InlineData("merges", "[[\"b\", \"a\"]]", "'ba'")]
    [InlineData("merges", "[[\"a\"]]", "merge 1")]
    [InlineData("merges", "{}", "merges")]
    [InlineData("dropout", "0.1", "dropout")]
    [InlineData("unk_token", "\"none\"", "none")]
    [InlineData("byte_fallback", "true", "<0x00>")]
    [InlineData("fuse_unk", "7", "true or false")]
    [InlineData("magic", "true", "magic")]
    public void Load_WrongModel_SaysWhatIsWrong(string setting, string json, string part)
    {
        var text = TinyTokenizerJson.BytePairs();
        text["model"]!.AsObject().Remove(setting);
        var written = text.ToJsonString();
        var at = written.IndexOf("\"model\":{", StringComparison.Ordinal) + "\"model\":{".Length;

        var error = Assert.Throws<VocabularyException>(() => TinyTokenizerJson.Load(written.Insert(at, $"\"{setting}\":{json},")));

        Assert.Contains(part, error.Message);
    }

    [Fact]
    public void Load_TwoTokensOfOneId_NamesBoth()
    {
        var json = TinyTokenizerJson.BytePairs();
        json["model"]!["vocab"]!["q"] = 3;

        Assert.Contains("'a' and 'q' the same id 3", Assert.Throws<VocabularyException>(() => TinyTokenizerJson.Load(json)).Message);
    }

    [Theory]
    [InlineData("[[\"a\", 1e999]]", "score")]
    [InlineData("[[\"a\", NaN]]", "JSON")]
    [InlineData("[[\"a\", -1], [\"a\", -2]]", "twice")]
    [InlineData("[[\"a\"]]", "vocab[0]")]
    [InlineData("[[\"a\", -1, 2]]", "vocab[0]")]
    [InlineData("[7]", "vocab[0]")]
    public void Load_WrongPieces_SaysWhichOne(string vocabulary, string part)
    {
        var json = TinyTokenizerJson.Unigram();
        json["model"]!["vocab"] = "HERE";

        var error = Assert.Throws<VocabularyException>(() => TinyTokenizerJson.Load(json.ToJsonString().Replace("\"HERE\"", vocabulary, StringComparison.Ordinal)));

        Assert.Contains(part, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("{\"model\": null}")]
    [InlineData("{\"model\": {}}")]
    [InlineData("{\"model\": {}, \"model\": {}}")]
    public void Load_NoTokenizer_IsRefused(string json) => Assert.Throws<VocabularyException>(() => TinyTokenizerJson.Load(json));

    [Fact]
    public void Load_DeepNesting_IsRefused()
    {
        var deep = new StringBuilder().Insert(0, "{\"type\":\"Sequence\",\"normalizers\":[", 100_000);

        Assert.Throws<VocabularyException>(() => TinyTokenizerJson.Load("{\"normalizer\":" + deep));
    }

    [Fact]
    public void Encode_NormalizersThatMultiply_AreStopped()
    {
        var json = TinyTokenizerJson.BytePairs();
        var twice = """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""";
        json["normalizer"] = JsonNode.Parse($$"""{"type": "Sequence", "normalizers": [{{string.Join(',', Enumerable.Repeat(twice, 32))}}]}""");
        var tokenizer = TinyTokenizerJson.Load(json);

        Assert.Contains("after normalization", Assert.Throws<ArgumentException>(() => tokenizer.EncodeToIds("a")).Message);
    }

    // Units that all point at each other, and a leaf whose text lies outside.
    [Theory]
    [InlineData(0x00000000u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x00000161u)]
    [InlineData(0x00000761u)]
    public void Encode_CircularCharacterMap_Ends(uint unit)
    {
        var map = new List<byte>(BitConverter.GetBytes(256 * sizeof(uint)));
        for (var i = 0; i < 256; i++)
            map.AddRange(BitConverter.GetBytes(unit));
        map.AddRange("x\0"u8.ToArray());
        var json = TinyTokenizerJson.BytePairs();
        json["normalizer"] = new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = Convert.ToBase64String([.. map]) };

        var tokenizer = TinyTokenizerJson.Load(json);

        Assert.NotNull(tokenizer.EncodeToIds("aaaabbbb cc"));
    }

    [Fact]
    public void Load_SentencePieceWithoutUnknown_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("spiece.model");
        TinySentencePiece.Write(path);
        var bytes = File.ReadAllBytes(path);
        var unknown = bytes.AsSpan().IndexOf("<unk>"u8) + 5 + 5 + 1;
        Assert.Equal(2, bytes[unknown]);
        bytes[unknown] = 3;
        File.WriteAllBytes(path, bytes);

        Assert.Contains("unknown", Assert.Throws<VocabularyException>(() => PretrainedTokenizer.Load(folder.Path, PretrainedTokenizerOptions.T5)).Message);
    }

    [Fact]
    public void Load_SentencePieceWithInfiniteScore_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("spiece.model");
        TinySentencePiece.Write(path);
        var bytes = File.ReadAllBytes(path);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.AsSpan().IndexOf("▁photo"u8) + "▁photo"u8.Length + 1);
        File.WriteAllBytes(path, bytes);

        Assert.Contains("score", Assert.Throws<VocabularyException>(() => PretrainedTokenizer.Load(folder.Path, PretrainedTokenizerOptions.T5)).Message);
    }

    [Fact]
    public void Load_WordPieceWithoutItsTokens_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "a\nb\n"u8.ToArray());

        Assert.Contains("[UNK]", Assert.Throws<VocabularyException>(() => PretrainedTokenizer.Load(folder.Path)).Message);
    }

    [Fact]
    public void Load_FolderWithoutTokenizer_SaysWhichFilesToPutThere()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("tokenizer.json", Assert.Throws<FileNotFoundException>(() => PretrainedTokenizer.Load(folder.Path)).Message);
    }

    // Work that grew with the square of a text's length would not end in the time that a test has.
    [Fact]
    public void Encode_OneCharacterManyTimes_Ends()
    {
        string[] texts = [new('a', LongText), new('x', LongText), new(' ', LongText), new('<', LongText), string.Concat(Enumerable.Repeat("<end", LongText / 4))];
        PretrainedTokenizer[] tokenizers =
        [
            TinyTokenizerJson.Load(TinyTokenizerJson.BytePairs()),
            TinyTokenizerJson.Load(TinyTokenizerJson.Unigram(), PretrainedTokenizerOptions.HuggingFace with { PaddingToken = "</s>" }),
            TinyTokenizerJson.Load(TinyTokenizerJson.WordPiece()),
            TinyTokenizerJson.Load(TinyTokenizerJson.ByteLevel()),
        ];

        foreach (var text in texts)
        {
            foreach (var tokenizer in tokenizers)
                Assert.True(tokenizer.EncodeToIds(text).Count <= LongText + 1);
        }
        Assert.Equal(Enumerable.Repeat(8, LongText / 4), tokenizers[0].EncodeToIds(texts[0]));
    }
}
