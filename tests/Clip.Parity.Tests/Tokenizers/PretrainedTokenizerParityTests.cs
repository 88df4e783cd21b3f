using System.Text.Json.Nodes;
using Clip.Tokenization;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Tests.Support;
using Clip.Tokenization.TokenizerFiles;
using Clip.Tokenization.Vocabularies;

namespace Clip.Parity.Tests.Tokenizers;

/// <summary>Token ids beside those that sentencepiece and transformers gave.</summary>
public sealed class PretrainedTokenizerParityTests
{
    private static readonly PretrainedTokenizerOptions Raw = PretrainedTokenizerOptions.HuggingFace with { Overflow = TokenOverflow.Truncate, ContextLength = 1024 };

    [Fact]
    public void Tokenize_GemmaLikeJson_GivesTheOriginalsIds()
    {
        var folder = RecordedTokenizers.Find("gemma_like");
        var rows = RecordedTokenizers.Rows("gemma_like", "ids.jsonl");
        var raw = PretrainedTokenizer.Load(folder, Raw with { ContextLength = 64, LowerCase = true });
        var openClip = PretrainedTokenizer.Load(folder, PretrainedTokenizerOptions.Gemma with { RepairText = false, UnescapeHtml = false, Overflow = TokenOverflow.Truncate });

        Assert.Equal(1400, raw.VocabularySize);
        Assert.Null(raw.StartTokenId);
        Assert.Equal((1, 0), (raw.EndTokenId, raw.PaddingTokenId));
        Recorded.AssertAllEqual("gemma_like, lower case", rows.Select(row => (
            row.Text("text"), RecordedTokenizers.Padded(row.Ids("hf_lowercase_ids_ctx64")!, 64, 0), raw.Row(row.Text("text")))));
        Recorded.AssertAllEqual("gemma_like, canonical", rows.Select(row => (
            row.Text("text"), RecordedTokenizers.Padded(row.Ids("open_clip_canonical_ids_ctx64")!, 64, 0), openClip.Row(row.Text("canonical_text")))));
    }

    [Theory]
    [InlineData("gemma_like/tokenizer.model", "gemma_like/ids.jsonl")]
    [InlineData("vocab/bpe_1000.model", "sentencepiece_bpe_1000.jsonl")]
    [InlineData("vocab/unigram_1000.model", "sentencepiece_unigram_1000.jsonl")]
    [InlineData("vocab/unigram_1000_bytefallback.model", "sentencepiece_unigram_1000_bytefallback.jsonl")]
    [InlineData("vocab/unigram_1000_no_bos.model", "sentencepiece_unigram_1000_no_bos.jsonl")]
    [InlineData("vocab/albert_30000.model", "sentencepiece_albert_30000.jsonl")]
    public void Encode_SentencePieceModels_GiveItsIds(string file, string recorded)
    {
        var path = RecordedTokenizers.Find(file.Split('/'));
        var pipeline = SentencePieceReader.CreatePlain(path, SentencePieceModel.Read(path, LimitedFile.Read(path)), withControls: false);

        Recorded.AssertAllEqual(file, RecordedTokenizers.Rows(recorded.Split('/')).Select(row =>
        {
            var buffer = TokenBuffer.Rent();
            pipeline.Encode(row.Text("text"), buffer);
            var ids = buffer.Ids.ToArray();
            buffer.Return();
            return (row.Text("text"), row.Ids("ids")!, ids);
        }));
    }

    // As transformers' converter writes the file: what stands behind the map removes blanks at the end, as sentencepiece does.
    [Theory]
    [InlineData("unigram_t5")]
    [InlineData("unigram_xlm_roberta")]
    public void Tokenize_UnigramJson_GivesTheOriginalsIds(string name)
    {
        using var folder = new TemporaryFolder();
        var json = JsonNode.Parse(File.ReadAllBytes(RecordedTokenizers.Find(name, "tokenizer.json")))!;
        json["normalizer"]!["normalizers"]!.AsArray().Insert(1, new JsonObject { ["type"] = "Strip", ["strip_left"] = false, ["strip_right"] = true });
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());
        var tokenizer = PretrainedTokenizer.Load(folder.Path, Raw with { PaddingToken = "<unk>" });

        Recorded.AssertAllEqual(name, RecordedTokenizers.Rows(name, "ids.jsonl").Select(row => (
            row.Text("text"), row.Ids("ids")!, tokenizer.Ids(row.Text("text")))));
    }

    // The file as it is keeps a blank at the end, and so do its ids; sentencepiece, whose ids are recorded, does not.
    [Theory]
    [InlineData("unigram_t5", 7)]
    [InlineData("unigram_xlm_roberta", 8)]
    public void Tokenize_UnigramJsonThatKeepsBlanks_DiffersByTheBlankAtTheEnd(string name, int blank)
    {
        var tokenizer = PretrainedTokenizer.Load(RecordedTokenizers.Find(name), Raw with { PaddingToken = "<unk>" });
        var rows = RecordedTokenizers.Rows(name, "ids.jsonl");

        Recorded.AssertAllEqual(name, rows.Select(row =>
        {
            var ids = tokenizer.Ids(row.Text("text"));
            var keepsBlank = ids.Length > 1 && ids[^2] == blank && row.Ids("ids")!.Length == ids.Length - 1;
            return (row.Text("text"), row.Ids("ids")!, keepsBlank ? [.. ids[..^2], ids[^1]] : ids);
        }));
        Assert.Equal(11, rows.Count(row => !tokenizer.Ids(row.Text("text")).SequenceEqual(row.Ids("ids")!)));
    }

    [Theory]
    [InlineData("bert-base-uncased-vocab.txt", "bert_uncased.jsonl")]
    [InlineData("chinese-clip-vocab.txt", "chinese_clip.jsonl")]
    public void Tokenize_WordPiece_GivesTheOriginalsIds(string vocabulary, string recorded)
    {
        var path = RecordedTokenizers.Find("vocab", vocabulary);
        var rows = RecordedTokenizers.Rows(recorded);
        var raw = PretrainedTokenizer.Load(path, Raw);
        var openClip = PretrainedTokenizer.Load(path, new() { ContextLength = 32, Overflow = TokenOverflow.Truncate });
        var clipa = PretrainedTokenizer.Load(path, PretrainedTokenizerOptions.Clipa with { Overflow = TokenOverflow.Truncate });

        Recorded.AssertAllEqual(recorded, rows.Select(row => (
            row.Text("text"), row.Ids("ids")!, raw.Ids(row.Text("text")))));
        Recorded.AssertAllEqual($"{recorded}, cleaned", rows.Select(row => (
            row.Text("text"), row.Text("open_clip_text"), openClip.Clean(row.Text("text")))));
        Recorded.AssertAllEqual($"{recorded}, open_clip", rows.Select(row => (
            row.Text("text"), row.Ids("open_clip_ids_ctx32")!, openClip.Row(row.Text("text")))));
        Recorded.AssertAllEqual($"{recorded}, CLIPA", rows.Where(row => row["clipa_ids_ctx32"] is not null).Select(row => (
            row.Text("text"), row.Ids("clipa_ids_ctx32")!, clipa.Row(row.Text("text")))));
    }

    [Fact]
    public void Tokenize_XlmRoberta_GivesTheOriginalsIds()
    {
        var path = RecordedTokenizers.Find("vocab", "unigram_1000.model");
        var raw = PretrainedTokenizer.Load(path, PretrainedTokenizerOptions.XlmRoberta with { ContextLength = 1024 });
        var cut = PretrainedTokenizer.Load(path, PretrainedTokenizerOptions.XlmRoberta with { ContextLength = 16, Overflow = TokenOverflow.Truncate });
        var rows = RecordedTokenizers.Rows("hf_sentencepiece_towers.jsonl");

        Assert.Equal(1002, raw.VocabularySize);
        Assert.Equal((0, 2, 1), (raw.StartTokenId!.Value, raw.EndTokenId, raw.PaddingTokenId));
        Recorded.AssertAllEqual("cleaned text", rows.Select(row => (row.Text("text"), row.Text("open_clip_text"), raw.Clean(row.Text("text")))));
        Recorded.AssertAllEqual("xlm_roberta", rows.Select(row => (
            row.Text("text"), row.Ids("xlm_roberta")!, raw.Ids(row.Text("text")))));
        Recorded.AssertAllEqual("xlm_roberta_ctx16", rows.Select(row => (row.Text("text"), row.Ids("xlm_roberta_ctx16")!, cut.Row(row.Text("text")))));
    }

    // The recording's vocabulary is a stand-in whose <mask> stands before the languages; in published ones it stands behind them.
    [Theory]
    [InlineData("eng_Latn", 1000 + 1 + 46)]
    [InlineData("zho_Hans", 1000 + 1 + 199)]
    public void Tokenize_Nllb_GivesTheOriginalsIds(string language, int id)
    {
        var path = RecordedTokenizers.Find("vocab", "unigram_1000.model");
        var tokenizer = PretrainedTokenizer.Load(path, PretrainedTokenizerOptions.Nllb with { ContextLength = 1024, StartToken = language });

        Assert.Equal(1000 + 1 + 202 + 1, tokenizer.VocabularySize);
        Recorded.AssertAllEqual(language, RecordedTokenizers.Rows("hf_sentencepiece_towers.jsonl").Select(row => (
            row.Text("text"), (int[])[id, .. row.Ids($"nllb_{language}")![1..]], tokenizer.Ids(row.Text("text")))));
    }

    // The stand-in model has no </s>; transformers numbers it behind the pieces and its extra tokens.
    [Fact]
    public void Tokenize_T5AndSigLip_GiveTheOriginalsIds()
    {
        var path = RecordedTokenizers.Find("vocab", "albert_30000.model");
        var rows = RecordedTokenizers.Rows("hf_sentencepiece_towers.jsonl");
        var plain = PretrainedTokenizer.Load(path, Raw with { Cleaning = TextCleaning.Canonical, EndToken = "[SEP]", PaddingToken = "<pad>", StartToken = "", ContextLength = 2048 });
        var sigLip = PretrainedTokenizer.Load(path, Raw with { Cleaning = TextCleaning.CanonicalWithoutUnderscores, EndToken = "[SEP]", PaddingToken = "<pad>", StartToken = "" });

        Recorded.AssertAllEqual("t5_legacy", rows.Select(row => (
            row.Text("text"), row.Ids("t5_legacy")![..^1], plain.EncodeToIds(row.Text("canonical_text")).ToArray())));
        Recorded.AssertAllEqual("siglip_ctx64", rows.Select(row => (
            row.Text("text"), row.Ids("siglip_ctx64")!.Where(piece => piece != 30000).ToArray(), sigLip.EncodeToIds(row.Text("text")).Take(63).ToArray())));
    }
}
