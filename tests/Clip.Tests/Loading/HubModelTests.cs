using Clip.Hub;
using Clip.Runtime;
using Clip.Tests.Hub.Server;

namespace Clip.Tests;

public sealed class HubModelTests(TinyModel tiny) : IClassFixture<TinyModel>, IDisposable
{
    private static readonly string[] Companions = ["open_clip_config.json", "vocab.json", "merges.txt"];

    private readonly FakeHub _hub = new();
    private readonly TemporaryFolder _cache = new();

    private ClipModelOptions Options => new()
    {
        Device = "cpu",
        Precision = Precision.Float32,
        Hub = new HubOptions { Endpoint = _hub.Server.Address, CacheFolder = _cache.Path, Token = "", Retries = 0 },
    };

    [Theory]
    [InlineData(FakeHub.Repository)]
    [InlineData("hf-hub:" + FakeHub.Repository)]
    [InlineData(FakeHub.Repository + "@" + FakeHub.Commit)]
    public async Task LoadAsync_Repository_BringsWhatIsNeededAndLoadsIt(string source)
    {
        Publish(tiny.Folder);
        _hub.Add("README.md", new byte[10], isLarge: false);
        _hub.Add("open_clip_pytorch_model.bin", new byte[10], isLarge: true);
        var reports = new List<LoadProgress>();

        using var clip = await ClipModel.LoadAsync(source, Options, new ListProgress<LoadProgress>(reports));

        Assert.Equal(source, clip.Card.Source);
        Assert.Equal(FakeHub.Commit, clip.Card.Revision);
        Assert.Equal(tiny.Clip.EmbedText("the cat"), clip.EmbedText("the cat"));
        Assert.Equal(tiny.Clip.GetWeightsHash(), clip.GetWeightsHash());
        var files = Directory.GetFiles(Path.GetDirectoryName(clip.Card.WeightsPath)!).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["merges.txt", "open_clip_config.json", "open_clip_model.safetensors", "vocab.json"], files);
        Assert.Equal(LoadStage.Done, reports[^1].Stage);
        var weights = reports.Last(report => report.File == "open_clip_model.safetensors");
        Assert.Equal(new FileInfo(tiny.Clip.Card.WeightsPath).Length, weights.TotalBytes ?? 0);
    }

    [Fact]
    public async Task DownloadAsync_FolderOfTransformers5_BringsItsProcessorConfig()
    {
        using var folder = new TemporaryFolder();
        using (var network = Models.DualEncoder.Load(tiny.Folder))
            network.Export(folder.Path, Models.WeightLayout.HuggingFace);
        TinyClip.WriteVocabulary(folder.Path);
        folder.Write("processor_config.json", """{"image_processor": {"size": {"shortest_edge": 32}, "crop_size": 32}}"""u8.ToArray());
        Publish(folder.Path);

        var path = await ClipModel.DownloadAsync(FakeHub.Repository, Options.Hub);

        Assert.True(File.Exists(Path.Combine(path, "processor_config.json")));
        using var clip = ClipModel.Load(path, Options);
        Assert.Equal(Clip.Preprocessing.PreprocessingConfig.HuggingFace(32), clip.Card.Preprocessing);
    }

    [Fact]
    public async Task Load_SingleFileOfASnapshot_TakesTheConfigBesideIt()
    {
        // Files of a snapshot are links into the folder of blobs, where nothing lies beside them.
        _hub.Add("epoch_5.safetensors", File.ReadAllBytes(tiny.Clip.Card.WeightsPath), isLarge: true);
        foreach (var name in Companions)
            _hub.Add(name, File.ReadAllBytes(Path.Combine(tiny.Folder, name)), isLarge: false);
        using var client = new HubClient(Options.Hub);
        var snapshot = await client.OpenAsync(HubRepository.Parse(FakeHub.Repository));
        foreach (var name in Companions)
            await snapshot.DownloadAsync(name);
        var weights = await snapshot.DownloadAsync("epoch_5.safetensors");

        using var clip = ClipModel.Load(weights, Options);

        Assert.Equal(Path.Combine(snapshot.SnapshotFolder, "open_clip_config.json"), clip.Card.ConfigPath);
        Assert.Equal(tiny.Clip.EmbedText("the cat"), clip.EmbedText("the cat"));
    }

    [Fact]
    public async Task LoadAsync_SecondTimeOffline_AsksNothing()
    {
        Publish(tiny.Folder);
        Assert.Equal(Path.Combine(_cache.Path, "models--org--name", "snapshots", FakeHub.Commit), await ClipModel.DownloadAsync(FakeHub.Repository, Options.Hub));
        var before = _hub.Server.Requests.Count;

        using var clip = ClipModel.Load(FakeHub.Repository, Options with { Hub = Options.Hub with { Offline = true } });

        Assert.Equal(before, _hub.Server.Requests.Count);
        Assert.Equal(tiny.Clip.EmbedText("the"), clip.EmbedText("the"));
    }

    [Fact]
    public async Task LoadAsync_Shards_BringsEachOfThem()
    {
        using var folder = new TemporaryFolder();
        TinyClip.Write(folder.Path);
        File.Delete(folder.File("open_clip_model.safetensors"));
        using (var network = Models.DualEncoder.Load(tiny.Folder))
            network.ExportWeights(folder.File("open_clip_model.safetensors"), Models.WeightLayout.Native, maxShardBytes: 100_000);
        Publish(folder.Path);

        using var clip = await ClipModel.LoadAsync(FakeHub.Repository, Options);

        Assert.EndsWith(".index.json", clip.Card.WeightsPath);
        Assert.Equal(tiny.Clip.EmbedText("the"), clip.EmbedText("the"));
        Assert.Matches("^[0-9a-f]{64}$", clip.GetWeightsHash());
    }

    [Fact]
    public async Task LoadAsync_RepositoryWithoutAModel_SaysWhatIsMissing()
    {
        var error = await Assert.ThrowsAsync<ModelSourceException>(() => ClipModel.LoadAsync(FakeHub.Repository, Options));

        Assert.Contains("open_clip_model.safetensors", error.Message);
    }

    [Fact]
    public async Task LoadAsync_OfflineWithHalfAModel_NamesTheCache()
    {
        Publish(tiny.Folder);
        using (var client = new HubClient(Options.Hub))
        {
            var snapshot = await client.OpenAsync(HubRepository.Parse(FakeHub.Repository));
            await snapshot.DownloadAsync("open_clip_config.json");
        }

        var error = await Assert.ThrowsAsync<ModelSourceException>(
            () => ClipModel.LoadAsync(FakeHub.Repository, Options with { Hub = Options.Hub with { Offline = true } }));

        Assert.Contains(_cache.Path, error.Message);
        Assert.Contains("offline", error.Message);
    }

    [Fact]
    public async Task LoadAsync_KnownName_AsksForItsRepository()
    {
        var error = await Assert.ThrowsAsync<HubException>(() => ClipModel.LoadAsync("ViT-B/32", Options));

        Assert.Equal("timm/vit_base_patch32_clip_224.openai", error.Repository?.Id);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _cache.Dispose();
    }

    private void Publish(string folder)
    {
        foreach (var path in Directory.GetFiles(folder))
            _hub.Add(Path.GetFileName(path), File.ReadAllBytes(path), isLarge: path.EndsWith(".safetensors", StringComparison.Ordinal));
    }
}
