using System.Diagnostics.CodeAnalysis;
using Clip.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Clip.HealthChecks.Tests;

public sealed class ClipHealthCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_NotLoaded_IsUnhealthyAndLoadsNothing()
    {
        await using var services = Create(services => services.AddClip(options => options.Model = "org/name"), checks => checks.AddClip());

        var entry = await CheckAsync(services, "clip");

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The CLIP model is not loaded: nobody has asked for it, and nothing warms it up.", entry.Description);
        Assert.Equal(("org/name", "NotLoaded"), (entry.Data["model"], entry.Data["state"]));
        Assert.DoesNotContain("device", entry.Data.Keys);
        Assert.Equal(LoadState.NotLoaded, services.GetRequiredService<IClipModelProvider>().State);
    }

    [Fact]
    public async Task Check_Loaded_SaysDeviceAndLastEmbedding()
    {
        await using var services = Create(services => services.AddClip(Tiny), checks => checks.AddClip(tags: ["ready"]));
        await services.GetRequiredService<IClipModelProvider>().GetAsync(Patience.Token);

        var before = await CheckAsync(services, "clip");
        var start = DateTimeOffset.UtcNow;
        await services.GetRequiredService<ClipEmbeddingGenerator>().GenerateAsync("a cat", cancellationToken: Patience.Token);
        var after = await CheckAsync(services, "clip");

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Healthy), (before.Status, after.Status));
        Assert.Equal(["ready"], after.Tags);
        Assert.Equal(("cpu", "Float32", TinyClip.EmbeddingSize), (after.Data["device"], after.Data["precision"], after.Data["embeddingSize"]));
        Assert.DoesNotContain("lastEmbedding", before.Data.Keys);
        Assert.True((DateTimeOffset)after.Data["lastEmbedding"] >= start);
    }

    [Fact]
    public async Task Check_Failed_SaysWhy()
    {
        await using var services = Create(
            services => services.AddClip(options => (options.Model, options.Offline, options.CacheFolder) = ("org/name", true, _folder.Path)),
            checks => checks.AddClip(failureStatus: HealthStatus.Degraded));
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => services.GetRequiredService<IClipModelProvider>().GetAsync(Patience.Token));

        var entry = await CheckAsync(services, "clip");

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal($"The CLIP model could not be loaded: {failure.Message}", entry.Description);
        Assert.Same(failure, entry.Exception);
        Assert.Equal("Failed", entry.Data["state"]);
    }

    [Fact]
    public async Task Check_Loading_SaysSo()
    {
        await using var services = Create(
            services =>
            {
                services.AddKeyedSingleton<IClipModelProvider>("photos", new LoadingProvider());
                services.AddKeyedClip("photos");
            },
            checks => checks.AddClip("photos"));

        var entry = await CheckAsync(services, "clip:photos");

        Assert.Equal((HealthStatus.Unhealthy, "The CLIP model 'photos' is being loaded."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Check_Classifiers_AreThoseOfTheModel()
    {
        await using var services = Create(
            services =>
            {
                services.AddClip(Tiny).AddZeroShotClassifier(["cat", "dog"]).AddZeroShotClassifier("animals", ["cat", "dog"]);
                services.AddKeyedClip("photos", Tiny).AddZeroShotClassifier("broken", (_, _) => throw new InvalidOperationException("no bank"));
            },
            checks => checks.AddClip().AddClip("photos"));
        await services.GetRequiredService<ImageClassifier>().GetAsync(Patience.Token);

        var waiting = await CheckAsync(services, "clip");
        await services.GetRequiredKeyedService<ImageClassifier>("animals").GetAsync(Patience.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredKeyedService<ImageClassifier>("broken").GetAsync(Patience.Token));
        var built = await CheckAsync(services, "clip");
        var broken = await CheckAsync(services, "clip:photos");

        Assert.Equal("The classifier 'animals' is not built: nobody has asked for it, and nothing warms it up.", waiting.Description);
        Assert.Equal((HealthStatus.Healthy, "Loaded", "Loaded"), (built.Status, built.Data["classifier"], built.Data["classifier:animals"]));
        Assert.Equal((HealthStatus.Unhealthy, "The classifier 'broken' could not be built: no bank"), (broken.Status, broken.Description));
    }

    [Fact]
    public async Task Check_NoModel_SaysHowToAddOne()
    {
        await using var services = Create(_ => { }, checks => checks.AddClip("photos"));

        var entry = await CheckAsync(services, "clip:photos");

        Assert.Equal((HealthStatus.Unhealthy, "There is no CLIP model 'photos': services.AddKeyedClip(...) adds it."), (entry.Status, entry.Description));
    }

    private void Tiny(ClipOptions options)
    {
        if (!File.Exists(_folder.File("open_clip_config.json")))
            TinyClip.Write(_folder.Path);
        (options.Model, options.Device, options.Precision) = (_folder.Path, "cpu", Runtime.Precision.Float32);
    }

    private static ServiceProvider Create(Action<IServiceCollection> configure, Action<IHealthChecksBuilder> check)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        configure(services);
        check(services.AddHealthChecks());
        return services.BuildServiceProvider();
    }

    private static async Task<HealthReportEntry> CheckAsync(ServiceProvider services, string name) =>
        (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Patience.Token)).Entries[name];

    private sealed class LoadingProvider : IClipModelProvider
    {
        public LoadState State => LoadState.Loading;

        public bool TryGet([NotNullWhen(true)] out ClipModel? model)
        {
            model = null;
            return false;
        }

        public Task<ClipModel> GetAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException("Nothing loads here.");
    }
}
