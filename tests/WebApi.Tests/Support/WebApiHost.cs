using Clip.DependencyInjection;
using Clip.DependencyInjection.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WebApi.Tests.Support;

/// <summary>The sample with a tiny model, listening on a free port, its log kept.</summary>
public sealed class WebApiHost : IAsyncLifetime
{
    private readonly WebApplication _app;
    private readonly RecordingLogs _logs = new();
    private readonly bool _isLoaded;

    public WebApiHost(TinyModel tiny)
        : this(tiny, [])
    {
    }

    private WebApiHost(TinyModel tiny, IEnumerable<string> settings, Action<IServiceCollection>? configure = null)
    {
        _isLoaded = configure is null;
        _app = Application.Build(
            ["--urls", "http://127.0.0.1:0", "--Clip:Model", tiny.Folder, "--Clip:Device", "cpu", "--Clip:Precision", "Float32", .. settings],
            services =>
            {
                services.AddLogging(logging => logging.ClearProviders().AddProvider(_logs));
                configure?.Invoke(services);
            });
    }

    public HttpClient Client { get; } = new() { Timeout = Patience.Limit };

    public IServiceProvider Services => _app.Services;

    public IConfiguration Configuration => _app.Configuration;

    /// <summary>Starts a host with settings of its own, such as <c>--Limits:MaxQueued 0</c>.</summary>
    public static async Task<WebApiHost> StartAsync(TinyModel tiny, params string[] settings)
    {
        var host = new WebApiHost(tiny, settings);
        await host.InitializeAsync();
        return host;
    }

    /// <summary>Starts a host with services of its own; nothing waits for its model.</summary>
    public static async Task<WebApiHost> StartAsync(TinyModel tiny, Action<IServiceCollection> configure, params string[] settings)
    {
        var host = new WebApiHost(tiny, settings, configure);
        await host.InitializeAsync();
        return host;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Fails where there is an error, or anything with an exception, in the log.</summary>
    public void RequireCleanLog() =>
        Assert.DoesNotContain(_logs.Lines, line => line.Level >= LogLevel.Error || line.Exception is not null);

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.Single());
        if (_isLoaded)
            await Services.GetRequiredKeyedService<ImageClassifier>(Application.DefaultLabels).GetAsync().WithinLimit();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
