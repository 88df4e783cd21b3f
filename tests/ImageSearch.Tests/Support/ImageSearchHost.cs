using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Clip.DependencyInjection.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageSearch.Tests.Support;

/// <summary>The sample, listening on a free port, its log kept.</summary>
internal sealed class ImageSearchHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RecordingLogs _logs = new();

    private ImageSearchHost(string[] settings) => _app = Application.Build(
        ["--urls", "http://127.0.0.1:0", "--Clip:Device", "cpu", "--Clip:Precision", "Float32", .. settings],
        services => services.AddLogging(logging => logging.ClearProviders().AddProvider(_logs)));

    public HttpClient Client { get; } = new() { Timeout = Patience.Limit };

    public string Address => _app.Urls.Single();

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the sample with a tiny model and an empty collection.</summary>
    public static Task<ImageSearchHost> StartAsync(TinyModel tiny, TemporaryFolder folder, params string[] settings) =>
        StartAsync(folder, ["--Clip:Model", tiny.Folder, "--Collection:Seed", "", .. settings]);

    /// <summary>Starts the sample with its own settings but for some, and waits until its collection is filled.</summary>
    public static async Task<ImageSearchHost> StartAsync(TemporaryFolder folder, params string[] settings)
    {
        var host = new ImageSearchHost(["--Collection:Folder", folder.Path, .. settings]);
        await host._app.StartAsync();
        host.Client.BaseAddress = new Uri(host.Address);
        await host.UntilFilledAsync();
        return host;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A JSON answer.</summary>
    public async Task<JsonNode> GetJsonAsync(string path) => await ReadAsync(await Client.GetAsync(path));

    /// <summary>The JSON answer to a body.</summary>
    public async Task<JsonNode> PostAsync(string path, HttpContent content) => await ReadAsync(await Client.PostAsync(path, content));

    /// <summary>The JSON answer to a JSON value.</summary>
    public Task<JsonNode> PostJsonAsync(string path, object value) => PostAsync(path, JsonContent.Create(value));

    /// <summary>Adds an image.</summary>
    /// <returns>Its key.</returns>
    public async Task<Guid> AddAsync(byte[] image, string title) =>
        (Guid)(await PostAsync($"/api/images?title={Uri.EscapeDataString(title)}", new ByteArrayContent(image)))["image"]!["id"]!;

    /// <summary>The keys of a search's results, the closest first.</summary>
    public async Task<Guid[]> SearchAsync(string query) =>
        [.. (await GetJsonAsync($"/api/search?{query}"))["results"]!.AsArray().Select(result => (Guid)result!["image"]!["id"]!)];

    /// <summary>How many images there are.</summary>
    public async Task<int> CountAsync() => (int)(await GetJsonAsync("/api/collection"))["images"]!;

    /// <summary>Fails where there is an error, or anything with an exception, in the log.</summary>
    public void RequireCleanLog() => Assert.DoesNotContain(_logs.Lines, line => line.Level >= LogLevel.Error || line.Exception is not null);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!;
        }
    }

    private async Task UntilFilledAsync()
    {
        var token = Patience.Token;
        while (true)
        {
            if ((string)(await GetJsonAsync("/api/collection"))["state"]! == "ready")
                return;
            // What keeps it from opening is in the log.
            Assert.DoesNotContain(_logs.Lines, line => line.Level >= LogLevel.Error);
            await Task.Delay(20, token);
        }
    }
}
