using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;

namespace ImageSearch.Tests;

/// <summary>The same application with its records in Qdrant: with a stand-in for the server, and with a server where there is one.</summary>
public sealed class QdrantTests(TinyModel tiny) : IDisposable
{
    private const string Server = "CLIP_QDRANT";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Store_Qdrant_AddsSearchesAndDeletes()
    {
        var address = Environment.GetEnvironmentVariable(Server) ?? "";
        Assert.SkipWhen(address.Length == 0, $"No Qdrant: {Server} has no address, such as http://localhost:6334.");
        await DatabaseJourney.RunAsync(tiny, _folder, "qdrant", "--Store:Kind", "Qdrant", "--Store:Connection", address);
    }

    [Fact]
    public async Task Store_QdrantStandIn_AddsSearchesAndDeletes()
    {
        await using var server = await QdrantStandIn.StartAsync();
        await DatabaseJourney.RunAsync(tiny, _folder, "qdrant", "--Store:Kind", "Qdrant", "--Store:Connection", server.Address);
    }

    public void Dispose() => _folder.Dispose();
}
