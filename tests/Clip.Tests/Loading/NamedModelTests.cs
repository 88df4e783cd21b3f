using System.Text.Json.Nodes;
using Clip.Hub;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;
using Clip.Tests.Hub.Server;

namespace Clip.Tests;

/// <summary>Models by the names of the catalog, and what the catalog knows where a repository says nothing.</summary>
public sealed class NamedModelTests(TinyModel tiny) : IClassFixture<TinyModel>, IDisposable
{
    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("MobileCLIP-S1")]
    [InlineData("MobileCLIP-S1/datacompdr")]
    [InlineData("apple/MobileCLIP-S1-OpenCLIP")]
    public async Task LoadAsync_NoPreprocessing_TakesTheCatalogs(string source)
    {
        using var hub = new FakeHub("apple/MobileCLIP-S1-OpenCLIP");
        Publish(hub, withPreprocessing: false);

        using var clip = await ClipModel.LoadAsync(source, Options(hub));

        Assert.Equal(PreprocessingConfig.MobileClip(32), clip.Card.Preprocessing);
        Assert.Equal("MobileCLIP-S1/datacompdr", clip.Card.KnownName);
        Assert.Equal("Apple research", clip.Card.Known?.License);
        Assert.Equal(tiny.Clip.EmbedText("the cat"), clip.EmbedText("the cat"));

        // What lies in the cache is the same model by its path.
        using var again = ClipModel.Load(Path.GetDirectoryName(clip.Card.WeightsPath)!, Options(hub));
        Assert.Equal(clip.Card.Preprocessing, again.Card.Preprocessing);
    }

    [Fact]
    public async Task LoadAsync_RepositoryHasPreprocessing_KeepsIt()
    {
        using var hub = new FakeHub("apple/MobileCLIP-S1-OpenCLIP");
        Publish(hub, withPreprocessing: true);

        using var clip = await ClipModel.LoadAsync("MobileCLIP-S1", Options(hub));

        Assert.Equal(tiny.Clip.Card.Preprocessing, clip.Card.Preprocessing);
    }

    [Fact]
    public async Task LoadAsync_UnknownRepositoryWithoutPreprocessing_IsRefused()
    {
        using var hub = new FakeHub();
        Publish(hub, withPreprocessing: false);

        var error = await Assert.ThrowsAsync<ModelSourceException>(() => ClipModel.LoadAsync(FakeHub.Repository, Options(hub)));

        Assert.Contains("preprocess_cfg", error.Message);
    }

    [Fact]
    public async Task DownloadAsync_WeightsWithoutOpenClipsConfig_BringsTheFileOfTheTable()
    {
        // The repository's config.json is another library's, and none of its files has one of open_clip's names.
        using var hub = new FakeHub("jienengchen/ViTamin-S");
        var weights = hub.Add("pytorch_model.bin", FakeHub.MakeBytes(100), isLarge: true);

        var path = await ClipModel.DownloadAsync("ViTamin-S", Options(hub).Hub);

        Assert.Equal("pytorch_model.bin", Path.GetFileName(path));
        Assert.Equal(weights, File.ReadAllBytes(path));
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "config.json")));
    }

    [Fact]
    public async Task DownloadAsync_PublishersOwnFile_IsTheOneOfTheTable()
    {
        using var hub = new FakeHub("facebook/PE-Core-L14-336");
        var weights = hub.Add("PE-Core-L14-336.pt", FakeHub.MakeBytes(100), isLarge: true);

        var path = await ClipModel.DownloadAsync("facebook/PE-Core-L14-336", Options(hub).Hub);

        Assert.Equal("PE-Core-L14-336.pt", Path.GetFileName(path));
        Assert.Equal(weights, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task DownloadAsync_SafetensorsOfTheSameName_IsPreferred()
    {
        using var hub = new FakeHub("jienengchen/ViTamin-S");
        hub.Add("pytorch_model.bin", FakeHub.MakeBytes(100), isLarge: true);
        hub.Add("pytorch_model.safetensors", FakeHub.MakeBytes(50), isLarge: true);

        Assert.Equal("pytorch_model.safetensors", Path.GetFileName(await ClipModel.DownloadAsync("ViTamin-S", Options(hub).Hub)));
    }

    [Fact]
    public void Card_WeightsWithoutConfig_HasTheCatalogs()
    {
        var model = Row(quickGelu: true);
        var builder = new CardBuilder(new LocalModel("Tiny", WeightsAlone(), Known: model), Options(null), CancellationToken.None);
        var card = builder.Build(tiny.Clip.Card.Config);

        var config = Assert.IsType<DualEncoderConfig>(builder.LoadOptions.Config);
        Assert.Equal(Activation.QuickGelu, config.Text.Activation);
        Assert.Equal(32, config.Image.Resolution.Height);
        Assert.Equal(PreprocessingConfig.Clipa(32), card.Preprocessing);
        Assert.Equal("Tiny/one", card.KnownName);
        Assert.Same(model.ConfigJson, card.CatalogConfig);
    }

    [Fact]
    public void Load_WeightsWithoutConfig_EmbedsAsWithIt()
    {
        using var network = DualEncoder.Load(
            WeightsAlone(),
            new CardBuilder(new LocalModel("Tiny", WeightsAlone(), Known: Row(quickGelu: false)), Options(null), CancellationToken.None).LoadOptions);

        Assert.Equal(tiny.Clip.Card.Config, network.Config);
    }

    [Fact]
    public void NamedResolution_RepositoryOfSeveralNames_IsTheNames()
    {
        static ImageSize? Of(string name) => new LocalModel(name, "", Known: ClipModel.List().Single(model => model.Name == name)).NamedResolution;

        Assert.Equal(378, Of("ViT-SO400M-14-SigLIP-378")?.Height);
        Assert.Null(Of("ViT-SO400M-14-SigLIP-384"));
        Assert.Null(Of("ViT-H-14-378"));
    }

    [Theory]
    [InlineData("MobileCLIP2-S9", "MobileCLIP2-S0")]
    [InlineData("ViT-B/16/laion", "datacomp_xl_s13b_b90k")]
    public void Load_UnknownName_SaysWhatIsNear(string source, string near)
    {
        using var hub = new FakeHub();

        Assert.Contains(near, Assert.Throws<ModelSourceException>(() => ClipModel.Load(source, Options(hub))).Message);
        Assert.Empty(hub.Server.Requests);
    }

    [Fact]
    public void Load_FolderNamedAsAModel_IsTheFolder()
    {
        using var folder = new TemporaryFolder();
        TinyClip.Write(Directory.CreateDirectory(folder.File("MobileCLIP2-S0")).FullName);
        var before = Environment.CurrentDirectory;

        using var clip = ClipModel.Load(Path.Combine(Path.GetRelativePath(before, folder.Path), "MobileCLIP2-S0"), Options(null));

        Assert.Null(clip.Card.Known);
    }

    private ClipModelOptions Options(FakeHub? hub) => new()
    {
        Device = "cpu",
        Precision = Precision.Float32,
        Hub = new HubOptions { Endpoint = hub?.Server.Address, CacheFolder = _cache.Path, Token = "", Retries = 0 },
    };

    private KnownModel Row(bool quickGelu) => new()
    {
        Name = "Tiny",
        Tag = "one",
        Repository = "org/tiny",
        Resolution = 224,
        UsesQuickGelu = quickGelu,
        Preprocessing = PreprocessingConfig.Clipa(224),
        ConfigJson = JsonNode.Parse(File.ReadAllText(tiny.Clip.Card.ConfigPath!))!["model_cfg"]!.ToJsonString(),
    };

    private string WeightsAlone()
    {
        var path = _cache.File("weights.safetensors");
        if (!File.Exists(path))
            File.Copy(tiny.Clip.Card.WeightsPath, path);
        return path;
    }

    private void Publish(FakeHub hub, bool withPreprocessing)
    {
        foreach (var file in Directory.GetFiles(tiny.Folder))
            hub.Add(Path.GetFileName(file), File.ReadAllBytes(file), isLarge: file.EndsWith(".safetensors", StringComparison.Ordinal));
        if (withPreprocessing)
            return;
        var config = JsonNode.Parse(File.ReadAllText(tiny.Clip.Card.ConfigPath!))!.AsObject();
        config.Remove("preprocess_cfg");
        hub.Add("open_clip_config.json", System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()), isLarge: false);
    }
}
