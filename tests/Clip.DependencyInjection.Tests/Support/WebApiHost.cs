using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>The web API sample with a tiny model, listening on a free port.</summary>
public sealed class WebApiHost(TinyModel tiny) : IAsyncLifetime
{
    private readonly WebApplication _app = WebApi.Application.Build(
        ["--urls", "http://127.0.0.1:0", "--Clip:Model", tiny.Folder, "--Clip:Device", "cpu", "--Logging:LogLevel:Default", "None"]);

    public HttpClient Client { get; } = new();

    public IServiceProvider Services => _app.Services;

    public IConfiguration Configuration => _app.Configuration;

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.Single());
        await Services.GetRequiredKeyedService<ImageClassifier>(WebApi.Application.DefaultLabels).GetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
