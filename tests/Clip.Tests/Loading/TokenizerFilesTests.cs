using System.Text.Json.Nodes;
using Clip.Hub;
using Clip.Models;
using Clip.Runtime;
using Clip.Tests.Hub.Server;

namespace Clip.Tests;

/// <summary>Which tokenizer a folder's files make.</summary>
public sealed class TokenizerFilesTests : IDisposable
{
    private const string Config = "open_clip_config.json";
    private const int GemmaLikeTokens = 1400;

    private static readonly ClipModelOptions Cpu = new() { Device = "cpu", Precision = Precision.Float32 };
    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "photo", "of", "cat", "##s", "!"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_TokenizerJsonAlone_EmbedsTexts()
    {
        WriteGemmaLike();

        using var clip = ClipModel.Load(_folder.Path, Cpu);

        Assert.Equal(TokenizerKind.Gemma, clip.Card.Config.Text.Tokenizer);
        Assert.Null(clip.Card.TokenizerProblem);
        Assert.Equal([864, 369, 277, 261, 389, 1, 0], clip.Tokenizer.Tokenize("A photo of a cat!")[..7]);
        Assert.Equal(clip.EmbedText("a photo of a cat"), clip.EmbedText("A  photo, of a cat"));
    }

    [Fact]
    public async Task LoadAsync_RepositoryWithTokenizerJson_BringsIt()
    {
        WriteGemmaLike();
        _folder.Write("tokenizer_config.json", """{"pad_token": "<pad>"}"""u8.ToArray());
        using var hub = new FakeHub();
        foreach (var path in Directory.GetFiles(_folder.Path))
            hub.Add(Path.GetFileName(path), File.ReadAllBytes(path), isLarge: path.EndsWith(".safetensors", StringComparison.Ordinal));
        using var cache = new TemporaryFolder();

        using var clip = await ClipModel.LoadAsync(FakeHub.Repository, Cpu with
        {
            Hub = new HubOptions { Endpoint = hub.Server.Address, CacheFolder = cache.Path, Token = "", Retries = 0 },
        });

        var folder = Path.GetDirectoryName(clip.Card.WeightsPath)!;
        Assert.True(File.Exists(Path.Combine(folder, "tokenizer.json")));
        Assert.True(File.Exists(Path.Combine(folder, "tokenizer_config.json")));
        Assert.Equal(864, clip.Tokenizer.Tokenize("a photo")[0]);
    }

    [Fact]
    public void Load_Clipa_PutsZeroWhereTheEndWouldBe()
    {
        WriteWordPiece(new JsonObject { ["strip_sep_token"] = true });

        using var clip = ClipModel.Load(_folder.Path, Cpu);

        Assert.Equal(TokenizerKind.WordPiece, clip.Card.Config.Text.Tokenizer);
        Assert.Equal([2, 5, 6, 7, 8, 9, 10, 0, 0], clip.Tokenizer.Tokenize("a Photo of CATS!")[..9]);
        Assert.Equal(0, clip.Tokenizer.EndTokenId);
    }

    [Fact]
    public void Load_WordPieceWithoutSettings_EndsTexts()
    {
        WriteWordPiece(settings: null);

        using var clip = ClipModel.Load(_folder.Path, Cpu);

        Assert.Equal([2, 5, 8, 3, 0, 0], clip.Tokenizer.Tokenize("a cat")[..6]);
    }

    [Fact]
    public void Load_CasedVocabulary_IsTakenFromTheTokenizersSettings()
    {
        WriteWordPiece(settings: null);
        _folder.Write("tokenizer_config.json", """{"do_lower_case": false}"""u8.ToArray());

        using var clip = ClipModel.Load(_folder.Path, Cpu);

        Assert.Equal([2, 5, 1, 3], clip.Tokenizer.Tokenize("a CAT")[..4]);
    }

    [Fact]
    public void Load_NamedTokenizerWithoutItsFile_SaysWhoseItIs()
    {
        TinyClip.Write(_folder.Path);
        Edit(text => text["hf_tokenizer_name"] = "bert-base-uncased");

        using var clip = ClipModel.Load(_folder.Path, Cpu);

        var error = Assert.Throws<InvalidOperationException>(() => clip.Tokenizer).Message;
        Assert.Contains("bert-base-uncased", error);
        Assert.Contains("vocab.txt", error);
        Assert.Contains("ClipModelOptions.Vocabulary", error);
    }

    [Fact]
    public void Load_SettingThatIsNotKnown_IsNamed()
    {
        WriteWordPiece(new JsonObject { ["lowest_case"] = true });

        using var clip = ClipModel.Load(_folder.Path, Cpu);

        Assert.Contains("lowest_case", Assert.Throws<InvalidOperationException>(() => clip.Tokenizer).Message);
    }

    [Theory]
    [InlineData("xlm-roberta-base", TokenizerKind.XlmRoberta)]
    [InlineData("facebook/xlm-v-base", TokenizerKind.XlmRoberta)]
    [InlineData("roberta-base", TokenizerKind.Roberta)]
    [InlineData("facebook/nllb-200-distilled-600M", TokenizerKind.Nllb)]
    [InlineData("google/mt5-base", TokenizerKind.T5)]
    [InlineData("bert-base-uncased", TokenizerKind.WordPiece)]
    [InlineData("microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract", TokenizerKind.WordPiece)]
    [InlineData("hfl/chinese-roberta-wwm-ext", TokenizerKind.WordPiece)]
    [InlineData("timm/ViT-B-16-SigLIP2-256", TokenizerKind.Gemma)]
    [InlineData("timm/ViT-B-16-SigLIP-i18n-256", TokenizerKind.SigLip)]
    [InlineData("Alibaba-NLP/gte-modernbert-base", TokenizerKind.ModernBert)]
    [InlineData("someone/elses", TokenizerKind.Unknown)]
    public void Read_NameOfATokenizer_SaysItsKind(string name, TokenizerKind kind)
    {
        TinyClip.Write(_folder.Path);
        Edit(text => text["hf_tokenizer_name"] = name);

        Assert.Equal(kind, DualEncoderConfig.Read(_folder.File(Config)).Text.Tokenizer);
    }

    private void WriteGemmaLike()
    {
        var text = TinyClip.Config.ClipText() with { VocabularySize = GemmaLikeTokens, Tokenizer = TokenizerKind.Gemma };
        TinyClip.Write(_folder.Path, config: TinyClip.Config with { Text = text });
        DeleteClipVocabulary();
        File.Copy(Fixtures.Find("tokenizer2", "gemma_like", "tokenizer.json"), _folder.File("tokenizer.json"));
    }

    private void WriteWordPiece(JsonObject? settings)
    {
        TinyClip.Write(_folder.Path);
        DeleteClipVocabulary();
        Edit(text =>
        {
            text["hf_tokenizer_name"] = "bert-base-uncased";
            text["tokenizer_kwargs"] = settings;
        });
        File.WriteAllText(_folder.File("vocab.txt"), string.Join('\n', Words) + "\n");
    }

    private void DeleteClipVocabulary()
    {
        File.Delete(_folder.File("vocab.json"));
        File.Delete(_folder.File("merges.txt"));
    }

    private void Edit(Action<JsonObject> change)
    {
        var file = JsonNode.Parse(File.ReadAllText(_folder.File(Config)))!;
        change(file["model_cfg"]!["text_cfg"]!.AsObject());
        File.WriteAllText(_folder.File(Config), file.ToJsonString());
    }
}
