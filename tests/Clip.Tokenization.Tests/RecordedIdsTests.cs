using System.Text.Json.Nodes;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests;

/// <summary>Token ids beside those that the original implementations gave.</summary>
public sealed class RecordedIdsTests
{
    private static readonly ClipTokenizerOptions Truncating = ClipTokenizerOptions.OpenAI with { Overflow = TokenOverflow.Truncate };

    [Fact]
    public void Tokenize_RecordedTexts_GivesTheOriginalsIds()
    {
        var tokenizer = PublishedVocabulary.Load(Truncating);

        Recorded.AssertAllEqual("openai_tokenize ids", Recorded.Rows("openai_tokenize.jsonl").Select(row => (
            row.Text("text"), row.Ids("ids") ?? row.Ids("ids_truncated"), (int[]?)Row(tokenizer, row.Text("text")))));
    }

    [Fact]
    public void Tokenize_TextsThatRepairChanges_GivesTheOriginalsIds()
    {
        var tokenizer = PublishedVocabulary.Load(Truncating);

        Recorded.AssertAllEqual("openai_tokenize ids that depend on ftfy",
            Recorded.Rows("openai_tokenize.jsonl").Where(row => row.Is("ids_depend_on_ftfy")).Select(row => (
                row.Text("text"), row.Ids("ids") ?? row.Ids("ids_truncated"), (int[]?)Row(tokenizer, row.Text("text")))));
    }

    [Fact]
    public void Decode_RecordedTexts_GivesTheOriginalsText()
    {
        var tokenizer = PublishedVocabulary.Load(Truncating);

        Recorded.AssertAllEqual("openai_tokenize decode_full", Recorded.Rows("openai_tokenize.jsonl").Select(row => (
            row.Text("text"), row.Text("decode_full"), tokenizer.Decode([tokenizer.StartTokenId!.Value, .. tokenizer.EncodeToIds(row.Text("text")), tokenizer.EndTokenId]))));
        Recorded.AssertAllEqual("openai_tokenize decode_body", Recorded.Rows("openai_tokenize.jsonl").Select(row => (
            row.Text("text"), row.Text("decode_body"), tokenizer.Decode(tokenizer.EncodeToIds(row.Text("text"))))));
    }

    [Fact]
    public void Decode_AnyIds_GivesTheOriginalsText()
    {
        var tokenizer = PublishedVocabulary.Load();

        Recorded.AssertAllEqual("openai_decode", Recorded.Rows("openai_decode.jsonl").Select(row => (
            string.Join(' ', row.Ids("ids")!), row.Text("text"), tokenizer.Decode(row.Ids("ids")!))));
    }

    [Fact]
    public void Tokenize_OtherContextLengths_GivesTheOriginalsIds()
    {
        Recorded.AssertAllEqual("openai_context_lengths", Recorded.Rows("openai_context_lengths.jsonl")
            .GroupBy(row => row["context_length"]!.GetValue<int>()).SelectMany(group =>
            {
                var tokenizer = PublishedVocabulary.Load(Truncating with { ContextLength = group.Key });
                return group.Select(row => (row.Text("text"), row.Ids("ids") ?? row.Ids("ids_truncated"), (int[]?)Row(tokenizer, row.Text("text"))));
            }));
    }

    [Fact]
    public void Tokenize_Batch_GivesTheOriginalsIds()
    {
        var tokenizer = PublishedVocabulary.Load();
        var recorded = Recorded.Document("openai_batch.json");
        var texts = recorded["texts"]!.AsArray().Select(text => text!.GetValue<string>()).ToList();
        var expected = recorded["ids"]!.AsArray().SelectMany(row => row!.AsArray().Select(id => id!.GetValue<long>())).ToArray();

        var rows = new long[texts.Count * 77];
        tokenizer.Tokenize(texts, rows);

        Assert.Equal(expected, rows);
    }

    [Fact]
    public void EncodeToTokens_RecordedWords_GivesTheOriginalsPairs()
    {
        var tokenizer = PublishedVocabulary.Load();

        Recorded.AssertAllEqual("bpe_words", Recorded.Rows("bpe_words.jsonl").Select(row => (
            row.Text("word"),
            string.Join(' ', row["bpe"]!.AsArray().Select(token => token!.GetValue<string>())),
            string.Join(' ', tokenizer.EncodeToTokens(row.Text("word"), out _, considerPreTokenization: false).Select(token => token.Value)))));
    }

    [Fact]
    public void Tokenize_LoneSurrogates_GivesTheOriginalsIds()
    {
        var tokenizer = PublishedVocabulary.Load();

        Recorded.AssertAllEqual("lone_surrogates", Recorded.Rows("lone_surrogates.jsonl").Select(row =>
        {
            var text = string.Concat(row.Ids("utf16_code_units")!.Select(unit => (char)unit));
            return (text, row.Ids("full_ids")![1..^1], tokenizer.EncodeToIds(text).ToArray());
        }));
    }

    [Fact]
    public void Tokenize_HuggingFaceOptions_GivesItsIds()
    {
        var tokenizer = PublishedVocabulary.Load(ClipTokenizerOptions.HuggingFace with { Overflow = TokenOverflow.Truncate });

        Recorded.AssertAllEqual("hf_clip_tokenizer", Recorded.Rows("hf_clip_tokenizer.jsonl").Select(row => (
            row.Text("text"), Padded(row.Ids("ids_ftfy")!, 77, tokenizer.EndTokenId), (int[]?)Row(tokenizer, row.Text("text")))));
    }

    [Theory]
    [InlineData("open_clip_clean_lower_ctx64.jsonl", TextCleaning.Lower, 64)]
    [InlineData("open_clip_clean_whitespace_ctx64.jsonl", TextCleaning.Whitespace, 64)]
    [InlineData("open_clip_clean_whitespace_ctx77.jsonl", TextCleaning.Whitespace, 77)]
    [InlineData("open_clip_clean_whitespace_underscore_ctx77.jsonl", TextCleaning.WhitespaceAndUnderscores, 77)]
    [InlineData("open_clip_clean_canonicalize_ctx64.jsonl", TextCleaning.Canonical, 64)]
    [InlineData("open_clip_clean_canonicalize_ctx77.jsonl", TextCleaning.Canonical, 77)]
    public void Tokenize_OpenClipModes_GiveItsIds(string file, TextCleaning cleaning, int contextLength)
    {
        var tokenizer = PublishedVocabulary.Load(ClipTokenizerOptions.OpenClip with { Cleaning = cleaning, ContextLength = contextLength });

        Recorded.AssertAllEqual(file, Recorded.Rows(file).Select(row => (
            row.Text("text"), Padded(row.Ids("ids")!, contextLength, 0), (int[]?)Row(tokenizer, row.Text("text")))));
    }

    [Fact]
    public void Tokenize_OpenClipDefault_DiffersFromTheOriginalWhereItsTokenizerDoes()
    {
        var openClip = PublishedVocabulary.Load(ClipTokenizerOptions.OpenClip);
        var openAI = PublishedVocabulary.Load(Truncating);
        var differing = Recorded.Document("open_clip_lower_vs_openai.json")["differ"]!.AsArray().OfType<JsonNode>().ToList();

        Recorded.AssertAllEqual("open_clip_lower_vs_openai, open_clip", differing.Select(row => (
            row.Text("text"), row.Ids("ids_open_clip"), (int[]?)Row(openClip, row.Text("text")))));
        var texts = differing.Select(row => row.Text("text")).ToHashSet();
        Recorded.AssertAllEqual("open_clip_lower_vs_openai, the rest", Recorded.Rows("openai_tokenize.jsonl")
            .Select(row => row.Text("text")).Where(text => !texts.Contains(text)).Select(text => (text, Row(openAI, text), Row(openClip, text))));
    }

    [Fact]
    public void Tokenize_AdditionalSpecialTokens_GivesOpenClipsIds()
    {
        // The second recorded token, [img], is a character class to the original's pattern: its letters become words there.
        var tokenizer = PublishedVocabulary.Load(ClipTokenizerOptions.OpenClip with { AdditionalSpecialTokens = ["<mask>"] });

        Recorded.AssertAllEqual("open_clip_additional_special_tokens",
            Recorded.Document("open_clip_additional_special_tokens.json")["cases"]!.AsArray().OfType<JsonNode>()
                .Where(row => !row.Text("text").Contains("[img]", StringComparison.Ordinal)).Select(row => (
                row.Text("text"), Padded(row.Ids("ids")!, 77, 0), (int[]?)Row(tokenizer, row.Text("text")))));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("bpe_simple_vocab_16e6.txt.gz")]
    public void Load_EachPublishedFile_GivesTheSameIds(string file)
    {
        var folder = PublishedVocabulary.Load(Truncating);
        var single = PublishedVocabulary.Load(Truncating, file);

        Assert.Equal(49_408, single.VocabularySize);
        Recorded.AssertAllEqual(file, Recorded.Rows("openai_tokenize.jsonl").Select(row => (
            row.Text("text"), Row(folder, row.Text("text")), Row(single, row.Text("text")))));
    }

    private static int[] Row(ClipTokenizer tokenizer, string text)
    {
        var row = new int[tokenizer.ContextLength];
        tokenizer.Tokenize(text, row);
        return row;
    }

    private static int[]? Padded(int[] ids, int length, int padding) =>
        [.. ids, .. Enumerable.Repeat(padding, Math.Max(0, length - ids.Length))];
}
