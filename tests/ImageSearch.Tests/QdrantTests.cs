using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;

namespace ImageSearch.Tests;

/// <summary>The same application with its records in Qdrant, where there is a server.</summary>
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

    public void Dispose() => _folder.Dispose();
}
