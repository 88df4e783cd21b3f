using System.Collections.Concurrent;
using System.Text;
using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ImageSearch.Tests;

/// <summary>Traces and metrics go where the settings say, or nowhere.</summary>
public sealed class TelemetryTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Endpoint_Named_ReceivesTracesAndMetrics()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        await using var collector = await StartCollectorAsync(received);

        await using (var host = await ImageSearchHost.StartAsync(tiny, _folder, "--Telemetry:Endpoint", collector.Urls.Single(), "--Telemetry:Protocol", "HttpProtobuf"))
        {
            await host.AddAsync(Image.Striped(1), "image");
            await host.SearchAsync("text=a");
        }

        var traces = string.Concat(received.Where(request => request.Path == "/v1/traces").Select(request => request.Body));
        var metrics = string.Concat(received.Where(request => request.Path == "/v1/metrics").Select(request => request.Body));
        foreach (var name in new[] { "image-search", "clip.embed_images", "clip.embed_texts", "image_search.search", "GET /api/search" })
            Assert.Contains(name, traces);
        foreach (var name in new[] { "clip.images", "image_search.images", "image_search.search.duration", "http.server.request.duration" })
            Assert.Contains(name, metrics);
    }

    [Fact]
    public async Task Endpoint_NotNamed_CollectsNothing()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder, "--OTEL_EXPORTER_OTLP_ENDPOINT", "");

        Assert.Null(host.Services.GetService<TracerProvider>());
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentQueue<(string Path, string Body)> received)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return app;
    }
}
