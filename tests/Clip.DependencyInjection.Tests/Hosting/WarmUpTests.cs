using Clip.DependencyInjection.Tests.Support;
using Clip.ZeroShot;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clip.DependencyInjection.Tests.Hosting;

public sealed class WarmUpTests(TinyModel tiny)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly CountingLoader _loader = new(tiny.Folder);

    [Fact]
    public async Task Start_WarmUp_HasModelAndClassifiersReady()
    {
        using var host = CreateHost(services =>
        {
            services.AddClip().WarmUp().AddZeroShotClassifier("animals", ["cat", "dog"]);
            services.AddKeyedClip("cold").AddZeroShotClassifier("cold", ["cat"]);
        });

        await host.StartAsync();

        Assert.Equal(LoadState.Loaded, host.Services.GetRequiredService<IClipModelProvider>().State);
        Assert.Same(await host.Services.GetRequiredService<IClipModelProvider>().GetAsync(), host.Services.GetRequiredService<ClipModel>());
        Assert.Equal(["cat", "dog"], host.Services.GetRequiredKeyedService<ZeroShotClassifier>("animals").ClassNames);
        Assert.Equal(LoadState.NotLoaded, host.Services.GetRequiredKeyedService<IClipModelProvider>("cold").State);
        Assert.Equal(LoadState.NotLoaded, host.Services.GetRequiredKeyedService<ImageClassifier>("cold").State);
        Assert.Equal(1, _loader.Downloads);
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_WarmUpOfKeyedModel_LoadsThatOne()
    {
        using var host = CreateHost(services =>
        {
            services.AddClip();
            services.AddKeyedClip("photos", options => options.Model = "org/photos").WarmUp();
        });

        await host.StartAsync();

        Assert.Equal("org/photos", Assert.Single(_loader.Requests).Source);
        Assert.Equal(LoadState.Loaded, host.Services.GetRequiredKeyedService<IClipModelProvider>("photos").State);
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_WarmUpFails_FailsWithTheCause()
    {
        _loader.Failure = () => new ModelSourceException("ViT-B/32", "cannot be reached.");
        using var host = CreateHost(services => services.AddClip().WarmUp());

        var error = await Assert.ThrowsAsync<ModelSourceException>(() => host.StartAsync());

        Assert.Equal("'ViT-B/32' cannot be reached.", error.Message);
        Assert.Equal(LoadState.Failed, host.Services.GetRequiredService<IClipModelProvider>().State);
    }

    [Fact]
    public async Task Start_Cancelled_StopsWaiting()
    {
        _loader.Gate = new TaskCompletionSource();
        using var host = CreateHost(services => services.AddClip().WarmUp());
        using var cancellation = new CancellationTokenSource();

        var starting = host.StartAsync(cancellation.Token);
        Assert.False(starting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WithinLimit());
    }

    [Fact]
    public async Task Start_WarmUpInBackground_ServesAtOnceAndTellsReadiness()
    {
        _loader.Gate = new TaskCompletionSource();
        using var host = CreateHost(services => services.AddClip().WarmUpInBackground());
        var provider = host.Services.GetRequiredService<IClipModelProvider>();

        await host.StartAsync();
        await Patience.UntilAsync(() => _loader.Downloads > 0);
        Assert.Equal(LoadState.Loading, provider.State);
        _loader.Gate.SetResult();

        Assert.NotNull(await provider.GetAsync().WithinLimit());
        Assert.Equal(LoadState.Loaded, provider.State);
        await host.StopAsync();
    }

    [Fact]
    public async Task WarmUpInBackground_Fails_StopsTheHost()
    {
        _loader.Failure = () => new ModelSourceException("ViT-B/32", "cannot be reached.");
        using var host = CreateHost(services => services.AddClip().WarmUpInBackground());
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await host.StartAsync();

        await stopping.Task.WithinLimit();
        await Record.ExceptionAsync(() => host.StopAsync());
    }

    [Fact]
    public async Task Stop_WhileWarmingUpInBackground_Ends()
    {
        _loader.Gate = new TaskCompletionSource();
        using var host = CreateHost(services => services.AddClip().WarmUpInBackground());

        await host.StartAsync();
        Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => _loader.Downloads > 0, Patience.Limit)));
        await host.StopAsync().WithinLimit();

        // The load itself goes on for others who may wait for it.
        var warmUp = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single();
        Assert.True(warmUp.ExecuteTask!.IsCanceled);
        Assert.Equal(LoadState.Loading, host.Services.GetRequiredService<IClipModelProvider>().State);
    }

    private IHost CreateHost(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IModelLoader>(_loader);
        configure(builder.Services);
        return builder.Build();
    }
}
