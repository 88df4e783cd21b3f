using Clip.DependencyInjection.Tests.Support;
using Clip.VectorStores.Tests.Pgvector;
using ImageSearch.Tests.Support;

namespace ImageSearch.Tests;

/// <summary>The same application with its records in PostgreSQL, chosen by its settings.</summary>
public sealed class PostgresTests(TinyModel tiny, PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Store_Pgvector_AddsSearchesAndDeletes()
    {
        Assert.SkipWhen(server.Problem is not null, server.Problem ?? "");
        await DatabaseJourney.RunAsync(tiny, _folder, "postgresql", "--Store:Kind", "Pgvector", "--Store:Connection", server.ConnectionString);
    }

    [Theory]
    [InlineData("Pgvector")]
    [InlineData("Qdrant")]
    public async Task Store_WithoutConnection_SaysWhatIsMissing(string kind)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ImageSearchHost.StartAsync(tiny, _folder, "--Store:Kind", kind));

        Assert.Contains("Store:Connection", exception.Message);
    }

    public void Dispose() => _folder.Dispose();
}
