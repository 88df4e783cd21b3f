using System.Text.Json;
using Clip.Cli.Tests.Support;
using Clip.Tokenization;

namespace Clip.Cli.Tests.Commands;

public sealed class TokenizeCommandTests(TinyModel model)
{
    [Fact]
    public async Task Run_Texts_WritesRowsOfTheLibrary()
    {
        string[] texts = ["the photo", "", "a \"cat\" 🐈\n&amp;"];
        var tokenizer = ClipTokenizer.Load(model.Folder);

        var run = (await ToolRun.WithInput(Lines(texts), "tokenize", "--vocab", model.Folder)).Returned(ExitCodes.Ok);

        Assert.Empty(run.Error);
        Assert.Equal(texts.Select(text => tokenizer.Tokenize(text)), run.JsonLines.Select(Ids));
        Assert.All(run.JsonLines, line => Assert.Equal(77, Ids(line).Length));
    }

    [Fact]
    public async Task Run_ManyTexts_KeepsTheirOrder()
    {
        var texts = Enumerable.Range(0, 1500).Select(number => $"photo {number}").ToArray();
        var tokenizer = ClipTokenizer.Load(model.Folder);

        var run = (await ToolRun.WithInput(Lines(texts), "tokenize", "--vocab", model.Folder)).Returned(ExitCodes.Ok);

        Assert.Equal(texts.Select(text => tokenizer.Tokenize(text)), run.JsonLines.Select(Ids));
    }

    [Fact]
    public async Task Run_TextTooLong_ReportsItsLineAndGoesOn()
    {
        var input = Lines("a", new string('b', 9), "c");

        var run = (await ToolRun.WithInput(input, "tokenize", "--vocab", model.Folder, "--context", "6")).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains("standard input, line 2: the text makes 11 tokens, more than the 6 of the context", run.Error);
        Assert.Equal(3, run.JsonLines.Length);
        Assert.Equal(JsonValueKind.Null, run.JsonLines[1].GetProperty("ids").ValueKind);
        Assert.NotEmpty(run.JsonLines[1].GetProperty("error").GetString()!);
        Assert.Equal(6, Ids(run.JsonLines[2]).Length);
    }

    [Fact]
    public async Task Run_PresetOfTheHub_ReadsItsFiles()
    {
        var run = (await ToolRun.WithInput(
            Lines("A photo of a cat!"), "tokenize", "--vocab", Fixtures.Find("tokenizer2", "gemma_like"), "--preset", "siglip2")).Returned(ExitCodes.Ok);

        var row = Ids(run.JsonLines[0]);
        Assert.Equal(64, row.Length);
        Assert.Equal([864, 369, 277, 261, 389, 1, 0], row[..7]);
    }

    [Fact]
    public async Task Run_Truncate_EndsWithEndToken()
    {
        var tokenizer = ClipTokenizer.Load(model.Folder);

        var run = (await ToolRun.WithInput(Lines(new string('b', 9)), "tokenize", "--vocab", model.Folder, "--context", "6", "--truncate")).Returned(ExitCodes.Ok);

        Assert.Equal(tokenizer.EndTokenId, Ids(run.JsonLines[0])[^1]);
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}\n{\"text\": ", "line 2: this is not JSON")]
    [InlineData("{\"caption\": \"a\"}", "line 1: this is not an object with \"text\"")]
    [InlineData("{\"text\": 7}", "line 1: \"text\" is not a string")]
    [InlineData("[]", "line 1: this is not an object")]
    public async Task Run_LineThatIsNone_StopsAndNamesIt(string input, string expected)
    {
        var run = (await ToolRun.WithInput(input, "tokenize", "--vocab", model.Folder)).Returned(ExitCodes.Failure);

        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public async Task Run_File_ReadsItPastMarkAndBlankLines()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("texts.jsonl", [.. "\uFEFF{\"text\":\"a\"}\r\n\r\n{\"text\":\"b\"}"u8]);

        var run = (await ToolRun.Of("tokenize", "--vocab", model.Folder, "--texts", path)).Returned(ExitCodes.Ok);

        Assert.Equal(2, run.JsonLines.Length);
    }

    [Fact]
    public async Task Run_HalfOfSurrogatePair_IsReplacementCharacterAsInOriginal()
    {
        var tokenizer = ClipTokenizer.Load(model.Folder);

        var run = (await ToolRun.WithInput("{\"text\": \"a\\ud800b\\n\\\"\"}", "tokenize", "--vocab", model.Folder)).Returned(ExitCodes.Ok);

        Assert.Equal(tokenizer.Tokenize("a\uFFFDb\n\""), Ids(run.JsonLines[0]));
    }

    [Fact]
    public async Task Run_PresetOfHuggingFace_PadsWithEndToken()
    {
        var tokenizer = ClipTokenizer.Load(model.Folder);

        var run = (await ToolRun.WithInput(Lines("a"), "tokenize", "--vocab", model.Folder, "--preset", "hf")).Returned(ExitCodes.Ok);

        Assert.Equal(tokenizer.EndTokenId, Ids(run.JsonLines[0])[^1]);
    }

    [Fact]
    public async Task Run_NoVocabulary_SaysWhereToPutOne() =>
        (await ToolRun.Of("tokenize", "--vocab", Path.Combine(model.Folder, "missing"))).FailedWith(ExitCodes.Failure, "merges.txt");

    [Fact]
    public async Task Run_NoFile_NamesIt() =>
        (await ToolRun.Of("tokenize", "--vocab", model.Folder, "--texts", "missing.jsonl")).FailedWith(ExitCodes.Failure, "missing.jsonl");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_RecordedTexts_GivesIdsOfTheOriginal(bool truncate)
    {
        var vocabulary = External.Require("CLIP_VOCABULARY");
        var path = Fixtures.Find("tokenizer", "openai_tokenize.jsonl");
        string[] more = truncate ? ["--truncate"] : [];

        var run = (await ToolRun.Of(["tokenize", "--vocab", vocabulary, "--texts", path, .. more])).Returned(truncate ? ExitCodes.Ok : ExitCodes.SomeLeftOut);

        var recorded = File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(recorded.Length, run.JsonLines.Length);
        foreach (var (expected, actual) in recorded.Zip(run.JsonLines))
        {
            var ids = expected.GetProperty(truncate && expected.GetProperty("too_long").GetBoolean() ? "ids_truncated" : "ids");
            Assert.Equal(ids.ToString(), actual.GetProperty("ids").ToString());
        }
    }

    private static string Lines(params string[] texts) => string.Concat(texts.Select(text => JsonSerializer.Serialize(new { text }) + "\n"));

    private static long[] Ids(JsonElement line) => [.. line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())];
}
