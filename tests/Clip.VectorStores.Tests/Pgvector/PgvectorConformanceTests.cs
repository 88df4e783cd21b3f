using Clip.VectorStores.Pgvector;
using Clip.VectorStores.Tests.Conformance;
using Clip.VectorStores.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Npgsql;

namespace Clip.VectorStores.Tests.Pgvector;

/// <summary>The store in PostgreSQL, each test in a schema of its own.</summary>
public sealed class PgvectorConformanceTests(PostgresServer server) : VectorStoreConformance, IClassFixture<PostgresServer>
{
    private readonly string _schema = $"clip \"tests\" {Guid.NewGuid():N}";
    private NpgsqlDataSource? _database;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Search_HalfPrecision_FindsTheSame(bool isHalf)
    {
        using var store = new PgvectorVectorStore(_database!, new PgvectorVectorStoreOptions { Schema = _schema, HalfPrecision = isHalf });
        var photos = store.GetCollection<int, Photo>("half");
        await photos.EnsureCollectionExistsAsync();
        await photos.UpsertAsync(Photos.Many(200));

        var found = await photos.SearchAsync(Photos.Vector(1001), 10).Select(photo => photo.Record.Id).ToListAsync();

        Assert.Equal(Photos.Closest(Photos.Many(200), Photos.Vector(1001)).Take(10).Select(photo => photo.Id), found);
    }

    [Fact]
    public async Task Search_OneCandidate_FindsAllThatAreWanted()
    {
        await Filled(500);
        using var store = new PgvectorVectorStore(_database!, new PgvectorVectorStoreOptions { Schema = _schema, GraphCandidates = 1 });

        var found = await store.GetCollection<int, Photo>(Name).SearchAsync(Photos.Vector(9), 3).ToListAsync();

        Assert.Equal(3, found.Count);
        Assert.Equal(9, found[0].Record.Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Constructor_CandidatesThatPgvectorRefuses_AreRefused(int candidates) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PgvectorVectorStore("Host=127.0.0.1", new PgvectorVectorStoreOptions { GraphCandidates = candidates }));

    [Fact]
    public async Task HybridSearch_WordsAndVector_JoinsTheRanks()
    {
        var photos = (PgvectorCollection<int, Photo>)await Filled(300);
        // By vector 9 is the closest; the word "12" is in one title.
        var found = await photos.HybridSearchAsync(Photos.Vector(9), ["12", "nothing'); drop table x; --"], 5).ToListAsync();

        Assert.Equal(new[] { 9, 12 }, found.Take(2).Select(photo => photo.Record.Id).Order());
        Assert.Equal(5, found.Count);
        Assert.Equal(found.OrderByDescending(photo => photo.Score), found);

        var filtered = await photos.HybridSearchAsync(Photos.Vector(9), ["oak"], 50, new() { Filter = photo => photo.Category == "sea" }).ToListAsync();
        Assert.All(filtered, photo => Assert.Equal("sea", photo.Record.Category));
        Assert.Contains(filtered, photo => photo.Record.Title!.Contains("oak", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_FilterWithoutTranslation_NamesThePart()
    {
        var photos = await Filled(1);

        var e = await Assert.ThrowsAsync<NotSupportedException>(async () => await photos.SearchAsync(Photos.Vector(1), 1, new() { Filter = photo => photo.Title!.Length > 3 }).ToListAsync());
        Assert.Contains("Length", e.Message);
        e = await Assert.ThrowsAsync<NotSupportedException>(async () => await photos.GetAsync(photo => photo.Title!.StartsWith("a"), 1).ToListAsync());
        Assert.Contains("Ordinal", e.Message);
    }

    [Fact]
    public async Task Get_FilterOfTexts_TakesEveryCharacterAsItIs()
    {
        var photos = await Filled(0);
        string[] titles = ["100%", "100x", "a_b", "axb", "it's \\ \"quoted\""];
        await photos.UpsertAsync(titles.Select((title, place) => new Photo { Id = place, Title = title, Vector = Photos.Vector(1) }));

        Assert.Equal([0], await Ids(photo => photo.Title!.Contains("0%")));
        Assert.Equal([2], await Ids(photo => photo.Title!.StartsWith("a_", StringComparison.Ordinal)));
        Assert.Equal([4], await Ids(photo => photo.Title!.EndsWith("\\ \"quoted\"", StringComparison.Ordinal)));
        Assert.Equal([4], await Ids(photo => photo.Title == "it's \\ \"quoted\""));

        async Task<List<int>> Ids(System.Linq.Expressions.Expression<Func<Photo, bool>> filter) => await photos.GetAsync(filter, 10).Select(photo => photo.Id).ToListAsync();
    }

    [Fact]
    public void GetCollection_NameTooLong_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Store.GetCollection<int, Photo>(new string('a', 64)));

    protected override async Task<VectorStore> OpenAsync(IEmbeddingGenerator? generator)
    {
        Assert.SkipWhen(server.Problem is not null, server.Problem ?? "");
        _database = server.Database;
        await using var command = _database.CreateCommand($"CREATE SCHEMA \"{_schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        await command.ExecuteNonQueryAsync(Patience.Token);
        return new PgvectorVectorStore(_database, new PgvectorVectorStoreOptions { Schema = _schema, EmbeddingGenerator = generator });
    }

    protected override Task<VectorStore> ReopenAsync() => Task.FromResult<VectorStore>(new PgvectorVectorStore(_database!, new PgvectorVectorStoreOptions { Schema = _schema }));

    protected override async Task CloseAsync()
    {
        if (_database is null)
            return;
        await using var command = _database.CreateCommand($"DROP SCHEMA IF EXISTS \"{_schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\" CASCADE");
        await command.ExecuteNonQueryAsync(Patience.Token);
    }
}
