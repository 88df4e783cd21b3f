using Clip.DependencyInjection.Tests.Support;
using Clip.Preprocessing;
using Clip.ZeroShot;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clip.DependencyInjection.Tests;

public sealed class RegistrationTests(TinyModel tiny)
{
    private static readonly IImageDecoder s_decoder = ImageDecoders.FirstOf(ImageDecoders.Skia);

    private readonly CountingLoader _loader = new(tiny.Folder);

    [Fact]
    public async Task AddClip_Parameterless_AsksForViTB32()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip());

        var model = await services.GetRequiredService<IClipModelProvider>().GetAsync();

        Assert.Equal(TinyClip.EmbeddingSize, model.EmbeddingSize);
        Assert.Equal("ViT-B/32", Assert.Single(_loader.Requests).Source);
    }

    [Fact]
    public async Task AddClip_Action_AsksForWhatItSets()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip(options =>
        {
            options.Model = "org/name";
            options.BatchSize = 3;
        }));

        await services.GetRequiredService<IClipModelProvider>().GetAsync();

        var (source, options) = Assert.Single(_loader.Requests);
        Assert.Equal(("org/name", 3), (source, options.BatchSize));
    }

    [Fact]
    public async Task AddClip_Section_AsksForWhatItSets()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Clip:Model", "org/name"), new("Clip:BatchSize", "3")])
            .Build();
        await using var services = Containers.Create(_loader, services => services.AddClip(configuration.GetSection("Clip")));

        await services.GetRequiredService<IClipModelProvider>().GetAsync();

        var (source, options) = Assert.Single(_loader.Requests);
        Assert.Equal(("org/name", 3), (source, options.BatchSize));
    }

    [Fact]
    public async Task AddClip_Instance_AsksForWhatItHolds()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip(new ClipOptions { Model = "org/name", BatchSize = 3 }));

        await services.GetRequiredService<IClipModelProvider>().GetAsync();

        var (source, options) = Assert.Single(_loader.Requests);
        Assert.Equal(("org/name", 3), (source, options.BatchSize));
    }

    [Fact]
    public async Task AddClip_Twice_MakesOneModelOfBothOptions()
    {
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddClip(options => options.Model = "org/name");
            services.AddClip(options => options.BatchSize = 3);
        });

        await services.GetRequiredService<IClipModelProvider>().GetAsync();

        Assert.Single(services.GetServices<IClipModelProvider>());
        var (source, options) = Assert.Single(_loader.Requests);
        Assert.Equal(("org/name", 3), (source, options.BatchSize));
    }

    [Fact]
    public async Task AddKeyedClip_EveryForm_KeepsModelsApart()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Model", "org/section")]).Build();
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddClip(options => options.Model = "org/default");
            services.AddKeyedClip("plain");
            services.AddKeyedClip("action", options => options.Model = "org/action");
            services.AddKeyedClip("section", configuration);
            services.AddKeyedClip("instance", new ClipOptions { Model = "org/instance" });
        });

        var models = new List<ClipModel> { await services.GetRequiredService<IClipModelProvider>().GetAsync() };
        foreach (var key in (string[])["plain", "action", "section", "instance"])
            models.Add(await services.GetRequiredKeyedService<IClipModelProvider>(key).GetAsync());

        Assert.Equal(5, models.Distinct().Count());
        Assert.Equal(["org/default", "ViT-B/32", "org/action", "org/section", "org/instance"], _loader.Requests.Select(request => request.Source));
        Assert.Same(models[2], services.GetRequiredKeyedService<ClipModel>("action"));
        Assert.Same(models[0], services.GetRequiredService<ClipModel>());
        Assert.Equal("org/action", services.GetRequiredService<IOptionsMonitor<ClipOptions>>().Get("action").Model);
    }

    [Fact]
    public void AddKeyedClip_KeyedOnly_HasNoModelWithoutKey()
    {
        using var services = Containers.Create(_loader, services => services.AddKeyedClip("photos").AddEmbeddingGenerator());

        Assert.Null(services.GetService<IClipModelProvider>());
        Assert.Null(services.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.NotNull(services.GetKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("photos"));
    }

    [Fact]
    public void AddClip_Nulls_AreRefused()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentNullException>(() => services.AddClip((Action<ClipOptions>)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddClip((IConfiguration)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddClip((ClipOptions)null!));
        Assert.Throws<ArgumentException>(() => services.AddKeyedClip(""));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddClip());
        Assert.Empty(services);
    }

    [Fact]
    public async Task Resolve_EveryService_DownloadsNothing()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip()
            .AddZeroShotClassifier("animals", ["cat", "dog"])
            .AddEmbeddingGenerator()
            .WarmUp());

        services.GetRequiredService<IClipModelProvider>();
        services.GetRequiredService<ClipEmbeddingGenerator>();
        services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        services.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
        services.GetRequiredService<IEmbeddingGenerator>();
        services.GetRequiredKeyedService<ImageClassifier>("animals");
        services.GetServices<Microsoft.Extensions.Hosting.IHostedService>();
        Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<ClipModel>());
        Assert.Throws<InvalidOperationException>(() => services.GetRequiredKeyedService<ZeroShotClassifier>("animals"));

        Assert.Equal((0, 0), (_loader.Downloads, _loader.LocalLoads));
    }

    [Fact]
    public async Task Resolve_Model_NotLoaded_SaysWhatToDo()
    {
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddClip();
            services.AddKeyedClip("photos");
        });

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<ClipModel>());
        var keyed = Assert.Throws<InvalidOperationException>(() => services.GetRequiredKeyedService<ClipModel>("photos"));

        Assert.Equal(
            "The model 'ViT-B/32' is not loaded, and loading it may download, which a container does not wait for. Call WarmUp() after " +
            "AddClip(...), so that the model is there when the application has started, or inject IClipModelProvider and await GetAsync().",
            error.Message);
        Assert.Contains("inject IClipModelProvider with key 'photos'", keyed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_Model_AfterLoading_IsTheProviders()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip());
        Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<ClipModel>());

        var model = await services.GetRequiredService<IClipModelProvider>().GetAsync();

        Assert.Same(model, services.GetRequiredService<ClipModel>());
        Assert.Equal(1, _loader.Downloads);
    }

    [Fact]
    public async Task Resolve_Model_WhileLoading_SaysSo()
    {
        _loader.Gate = new TaskCompletionSource();
        await using var services = Containers.Create(_loader, services => services.AddClip(options => options.Model = tiny.Folder));
        var loading = services.GetRequiredService<IClipModelProvider>().GetAsync();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<ClipModel>());

        Assert.Contains("is being loaded by another thread", error.Message, StringComparison.Ordinal);
        _loader.Gate.SetResult();
        Assert.Same(await loading, services.GetRequiredService<ClipModel>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resolve_Model_OnThisMachine_LoadsItOnce(bool fromCache)
    {
        await using var services = Containers.Create(_loader, services => services.AddClip(options =>
        {
            options.Model = fromCache ? "ViT-B/32" : tiny.Folder;
            options.Offline = fromCache;
        }));

        var model = services.GetRequiredService<ClipModel>();

        Assert.Same(model, await services.GetRequiredService<IClipModelProvider>().GetAsync());
        Assert.Equal((0, 1), (_loader.Downloads, _loader.LocalLoads));
    }

    [Fact]
    public void Resolve_Model_RealLoader_LoadsTheFolder()
    {
        using var services = new ServiceCollection().AddClip(options => options.Model = tiny.Folder).Services.BuildServiceProvider();

        Assert.Equal(TinyClip.EmbeddingSize, services.GetRequiredService<ClipModel>().EmbeddingSize);
    }

    [Fact]
    public async Task GetAsync_RealLoader_LoadsTheFolder()
    {
        await using var services = new ServiceCollection().AddClip(options => options.Model = tiny.Folder).Services.BuildServiceProvider();

        Assert.Equal(TinyClip.EmbeddingSize, (await services.GetRequiredService<IClipModelProvider>().GetAsync()).EmbeddingSize);
    }

    [Fact]
    public async Task ConfigureModel_Null_IsAnError()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip(options => options.ConfigureModel = _ => null!));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredService<IClipModelProvider>().GetAsync());

        Assert.Equal("ClipOptions.ConfigureModel returned null.", error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("photos")]
    public async Task UseImageDecoder_BesideConfigureModel_DecodesTheModelsImages(string? key)
    {
        await using var services = Containers.Create(_loader, services =>
        {
            Action<ClipOptions> configure = options => options.ConfigureModel = model => model with { Images = ImagePreprocessorOptions.ForServer() };
            (key is null ? services.AddClip(configure) : services.AddKeyedClip(key, configure)).UseImageDecoder(s_decoder);
            services.AddKeyedClip("another");
        });

        await services.GetRequiredKeyedService<IClipModelProvider>(key).GetAsync();
        await services.GetRequiredKeyedService<IClipModelProvider>("another").GetAsync();

        var images = _loader.Requests[0].Options.Images;
        Assert.Same(s_decoder, images.Decoder);
        Assert.Equal(ImageLimits.Server, images.Limits);
        Assert.Same(ImageDecoders.Default, _loader.Requests[1].Options.Images.Decoder);
    }

    [Fact]
    public async Task AddEmbeddingGenerator_EveryInterface_IsOneObject()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddEmbeddingGenerator());

        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();

        Assert.Same(generator, services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Same(generator, services.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
        Assert.Same(generator, services.GetRequiredService<IEmbeddingGenerator>());
    }

    [Fact]
    public void AddZeroShotClassifier_TakenName_IsRefused()
    {
        var services = new ServiceCollection();
        services.AddClip().AddZeroShotClassifier("animals", ["cat"]);

        var error = Assert.Throws<ArgumentException>(() => services.AddKeyedClip("photos").AddZeroShotClassifier("animals", ["dog"]));

        Assert.StartsWith("There is a classifier 'animals' already.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddZeroShotClassifier_WrongNames_AreRefused()
    {
        var builder = new ServiceCollection().AddClip();

        Assert.StartsWith("The classifier 'none' has no classes.", Assert.Throws<ArgumentException>(() => builder.AddZeroShotClassifier("none", [])).Message, StringComparison.Ordinal);
        Assert.StartsWith("classNames[1] of the classifier 'blank' is blank.", Assert.Throws<ArgumentException>(() => builder.AddZeroShotClassifier("blank", ["cat", " "])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => builder.AddZeroShotClassifier("", ["cat"]));
    }

    [Fact]
    public async Task DisposeAsync_LoadedModel_DisposesIt()
    {
        ClipModel model;
        await using (var services = Containers.Create(_loader, services => services.AddClip()))
            model = await services.GetRequiredService<IClipModelProvider>().GetAsync();

        Assert.Throws<ObjectDisposedException>(() => model.EmbedText("a cat"));
    }

    [Fact]
    public async Task Dispose_LoadedModel_DisposesIt()
    {
        ClipModel model;
        using (var services = Containers.Create(_loader, services => services.AddClip()))
        {
            model = await services.GetRequiredService<IClipModelProvider>().GetAsync();
            Assert.Same(model, services.GetRequiredService<ClipModel>());
        }

        Assert.Throws<ObjectDisposedException>(() => model.EmbedText("a cat"));
    }

    [Fact]
    public async Task DisposeAsync_WhileLoading_EndsTheLoad()
    {
        _loader.Gate = new TaskCompletionSource();
        var services = Containers.Create(_loader, services => services.AddClip());
        var provider = services.GetRequiredService<IClipModelProvider>();
        var loading = provider.GetAsync();

        await services.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => loading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => provider.GetAsync());
    }

    [Fact]
    public async Task DisposeAsync_WhileEmbedding_LetsTheCallEnd()
    {
        var services = Containers.Create(_loader, services => services.AddClip(options => options.MaxConcurrency = 1).AddEmbeddingGenerator());
        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();
        await generator.GenerateAsync("a cat");

        var running = generator.GenerateAsync(Enumerable.Range(0, 200).Select(index => $"text {index}"));
        await services.DisposeAsync();

        // It had its turn before the container went, or learns that there is none.
        var error = await Record.ExceptionAsync(() => running);
        Assert.True(error is null or ObjectDisposedException, error?.ToString());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync("a dog"));
    }
}
