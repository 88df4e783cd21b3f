using System.Text;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests.Vocabularies;

/// <summary>Vocabularies in every format, missing ones, and broken or hostile ones.</summary>
public sealed class VocabularyFilesTests : IDisposable
{
    private const long MostAllocatedBytes = 150_000_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("")]
    public void Load_PairOfFiles_ReadsThem(string file)
    {
        TinyVocabulary.WritePair(_folder.Path);

        AssertTiny(ClipTokenizer.Load(Path.Combine(_folder.Path, file)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_TokenizerJson_ReadsIt(bool pairs)
    {
        TinyVocabulary.WriteTokenizer(_folder.File("tokenizer.json"), pairs);

        AssertTiny(ClipTokenizer.Load(_folder.Path));
        AssertTiny(ClipTokenizer.Load(_folder.File("tokenizer.json")));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public async Task Load_NamedPipe_IsRefusedWithoutWaiting(string file)
    {
        TinyVocabulary.WritePair(_folder.Path);
        File.Delete(_folder.File(file));
        NamedPipe.Create(_folder.File(file));

        var error = await Assert.ThrowsAsync<VocabularyException>(() => Task.Run(() => ClipTokenizer.Load(_folder.Path)).WithinLimit());

        Assert.Contains("named pipe", error.Message);
    }

    [Fact]
    public void Load_OriginalFile_ReadsIt()
    {
        File.WriteAllBytes(_folder.File("bpe_simple_vocab_16e6.txt.gz"), TinyVocabulary.PackOriginal());

        var tokenizer = ClipTokenizer.Load(_folder.Path);

        Assert.Equal(49_408, tokenizer.VocabularySize);
        Assert.Equal((49_406, 49_407), (tokenizer.StartTokenId, tokenizer.EndTokenId));
        Assert.Equal("hello ", tokenizer.Decode(tokenizer.EncodeToIds("Hello")));
    }

    [Fact]
    public void Load_NoVocabulary_SaysWhichFileToPutWhere()
    {
        var error = Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(_folder.Path));

        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.All(["vocab.json", "merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"],
            name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
        Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(_folder.File("absent")));
    }

    [Fact]
    public void Load_OneOfThePair_NamesTheOther()
    {
        TinyVocabulary.WritePair(_folder.Path);
        File.Delete(_folder.File("merges.txt"));

        Assert.Contains("merges.txt", Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(_folder.File("vocab.json"))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> OriginalFaults() => ["bomb", "cut", "flipped", "not gzip", "short", "three parts", "twice", "not UTF-8"];

    [Theory]
    [MemberData(nameof(OriginalFaults))]
    public void Load_WrongOriginalFile_ThrowsVocabularyException(string fault)
    {
        var good = TinyVocabulary.PackOriginal();
        var lines = string.Concat(Enumerable.Range(0, 48_894).Select(i => $"x{i} y\n"));
        byte[] bytes = fault switch
        {
            "bomb" => TinyVocabulary.Pack(new byte[200 << 20]),
            "cut" => good[..(good.Length / 2)],
            "flipped" => [.. good[..5000], (byte)(good[5000] ^ 0x55), .. good[5001..]],
            "not gzip" => "this is not gzip \n"u8.ToArray(),
            "short" => TinyVocabulary.PackOriginal(1000),
            "three parts" => TinyVocabulary.Pack(Encoding.UTF8.GetBytes("#\na b c\n" + lines)),
            "twice" => TinyVocabulary.Pack(Encoding.UTF8.GetBytes("#\na b\na b\n" + lines)),
            _ => TinyVocabulary.Pack([0xFF, 0xFE, .. Encoding.UTF8.GetBytes(lines)]),
        };

        AssertRefused("bpe_simple_vocab_16e6.txt.gz", bytes);
    }

    [Theory]
    [InlineData("a b\nb c\n", "do not belong together", 50_000)]
    [InlineData("c a\na b c\n", "line 2")]
    [InlineData("c a\nc\n", "line 2")]
    [InlineData("#version: 0.2\nc a\n\nd o\n", "line 3")]
    [InlineData("#version: 0.2\nc a\nc zebra\n", "line 3")]
    [InlineData("c a\nc a\n", "line 2")]
    public void Load_WrongMerges_ThrowsVocabularyException(string merges, string problem, int tokens = 0)
    {
        TinyVocabulary.WritePair(_folder.Path);
        if (tokens > 0)
        {
            var entries = TinyVocabulary.Tokens.Concat(["ab", "bc"]).Concat(Enumerable.Range(0, tokens).Select(i => $"token{i}"));
            File.WriteAllText(_folder.File("vocab.json"), System.Text.Json.JsonSerializer.Serialize(entries.Select((token, id) => (token, id)).ToDictionary()));
        }

        Assert.Contains(problem, AssertRefused("merges.txt", Encoding.UTF8.GetBytes(merges)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\": 0, \"b\": 0, \"c\": 7}", "")]
    [InlineData("{\"a\": 0, \"b\": 0}", "same id 0")]
    [InlineData("{\"a\": -1, \"b\": 4294967296}", "id -1")]
    [InlineData("{\"a\": 4294967296}", "id 4294967296")]
    [InlineData("{\"a\": \"0\"}", "should be an integer")]
    [InlineData("{\"a\": 0.5}", "should be an integer")]
    [InlineData("{\"a\": 0, \"a\": 1}", "twice")]
    [InlineData("{\"\\ud800\": 0}", "surrogate")]
    [InlineData("{\"a\": 0}", "lacks the token")]
    [InlineData("[1, 2]", "Array")]
    [InlineData("{\"a\": 0", "line 1")]
    [InlineData("", "line 1")]
    public void Load_WrongVocabJson_ThrowsVocabularyException(string json, string problem)
    {
        TinyVocabulary.WritePair(_folder.Path);

        Assert.Contains(problem, AssertRefused("vocab.json", Encoding.UTF8.GetBytes(json)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Load_DeeplyNestedJson_ThrowsVocabularyException(char bracket)
    {
        TinyVocabulary.WritePair(_folder.Path);
        var json = string.Concat(Enumerable.Repeat(bracket == '[' ? "[" : "{\"a\":", 50_000));

        AssertRefused("vocab.json", Encoding.UTF8.GetBytes(json));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"model\": {\"vocab\": {}, \"merges\": 1}}")]
    [InlineData("{\"model\": {\"vocab\": [], \"merges\": []}}")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [[\"a\"]]}}")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [1]}}")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": []}, \"added_tokens\": [3]}")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": []}, \"added_tokens\": [{\"content\": \"a\", \"id\": 4}]}")]
    public void Load_WrongTokenizerJson_ThrowsVocabularyException(string json) => AssertRefused("tokenizer.json", Encoding.UTF8.GetBytes(json));

    private static void AssertTiny(ClipTokenizer tokenizer)
    {
        Assert.Equal(TinyVocabulary.Tokens.Length, tokenizer.VocabularySize);
        Assert.Equal((TinyVocabulary.Start, TinyVocabulary.End), (tokenizer.StartTokenId, tokenizer.EndTokenId));
        Assert.Equal([513, 515, 523], tokenizer.EncodeToIds("Cat dog HELLO"));
    }

    private VocabularyException AssertRefused(string file, byte[] bytes)
    {
        var path = _folder.File(file);
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<VocabularyException>(() => ClipTokenizer.Load(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocatedBytes);
        Assert.Contains(error.VocabularyPath, error.Message, StringComparison.Ordinal);
        return error;
    }
}
