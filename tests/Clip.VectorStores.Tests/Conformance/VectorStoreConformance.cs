using System.Linq.Expressions;
using Clip.VectorStores.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.Tests.Conformance;

/// <summary>What every store does alike, compared with the same done on lists in memory.</summary>
public abstract class VectorStoreConformance : IAsyncLifetime
{
    protected const string Name = "Photos & \"more\"";

    /// <summary>The store of a test.</summary>
    protected VectorStore Store { get; private set; } = null!;

    /// <summary>Opens an empty store, or skips.</summary>
    /// <param name="generator">Embeds what is no vector.</param>
    protected abstract Task<VectorStore> OpenAsync(IEmbeddingGenerator? generator);

    /// <summary>Opens the store again that is open, as another process would after a restart.</summary>
    protected abstract Task<VectorStore> ReopenAsync();

    /// <summary>Closes and deletes what tests left.</summary>
    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync(new SeedEmbeddings());

    public async ValueTask DisposeAsync()
    {
        Store?.Dispose();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string, Expression<Func<Photo, bool>>> Filters
    {
        get
        {
            var (year, wanted) = (2000, new List<int> { 3, 14, 15 });
            string? nothing = null;
            return new()
            {
                { "equal", photo => photo.Category == "sea" },
                { "unequal, null included", photo => photo.Category != "sea" },
                { "null", photo => photo.Category == null },
                { "captured null", photo => photo.Category == nothing },
                { "not null", photo => photo.Category != null },
                { "range", photo => photo.Year >= year && photo.Year < year + 5 },
                { "or", photo => photo.Year > 2020 || photo.Year <= 1992 },
                { "not of null", photo => !(photo.Rating > 2) },
                { "nullable", photo => photo.Rating == 1.5 },
                { "truth", photo => photo.IsPublic },
                { "not truth", photo => !photo.IsPublic },
                { "truth compared", photo => photo.IsPublic == false },
                { "contained in a list", photo => wanted.Contains(photo.Id) },
                { "contains", photo => photo.Tags != null && photo.Tags.Contains("t3") },
                { "part of a text", photo => photo.Title!.Contains("oak") },
                { "time", photo => photo.Modified > new DateTimeOffset(2024, 1, 2, 0, 0, 0, TimeSpan.Zero) },
                { "nested", photo => !(photo.Category == "sea" && (photo.IsPublic || photo.Year > 2010)) && photo.Id != 7 },
                { "nothing", photo => photo.Id < 0 },
            };
        }
    }

    [Fact]
    public async Task Collection_CreatedDeleted_ExistsAndIsListed()
    {
        var photos = Store.GetCollection<int, Photo>(Name);
        Assert.False(await photos.CollectionExistsAsync());
        Assert.DoesNotContain(Name, await Store.ListCollectionNamesAsync().ToListAsync());

        await photos.EnsureCollectionExistsAsync();
        await photos.EnsureCollectionExistsAsync();

        Assert.True(await photos.CollectionExistsAsync());
        Assert.True(await Store.CollectionExistsAsync(Name));
        Assert.Contains(Name, await Store.ListCollectionNamesAsync().ToListAsync());

        await Store.EnsureCollectionDeletedAsync(Name);
        await photos.EnsureCollectionDeletedAsync();

        Assert.False(await photos.CollectionExistsAsync());
        Assert.DoesNotContain(Name, await Store.ListCollectionNamesAsync().ToListAsync());
    }

    [Fact]
    public async Task EnsureCollectionExists_AfterDeletion_IsEmpty()
    {
        var photos = await Filled(5);
        await photos.EnsureCollectionDeletedAsync();
        await photos.EnsureCollectionExistsAsync();

        Assert.Null(await photos.GetAsync(1));
    }

    [Fact]
    public async Task Get_Upserted_HasAllValues()
    {
        var photos = await Filled(12);

        foreach (var id in new[] { 1, 2, 3, 4, 5, 10 })
        {
            var read = await photos.GetAsync(id, new RecordRetrievalOptions { IncludeVectors = true });
            AssertEqual(Photos.Of(id), read!);
            Assert.Equal(Photos.Of(id).Vector.ToArray(), read!.Vector.ToArray());
        }
    }

    [Fact]
    public async Task Get_VectorsNotAskedFor_LeavesThemOut()
    {
        var photos = await Filled(2);

        Assert.True((await photos.GetAsync(1))!.Vector.IsEmpty);
        Assert.True((await photos.SearchAsync(Photos.Vector(1), 1).ToListAsync())[0].Record.Vector.IsEmpty);
        Assert.True((await photos.GetAsync(photo => true, 1).ToListAsync())[0].Vector.IsEmpty);
        Assert.False((await photos.SearchAsync(Photos.Vector(1), 1, new() { IncludeVectors = true }).ToListAsync())[0].Record.Vector.IsEmpty);
        Assert.False((await photos.GetAsync(photo => true, 1, new() { IncludeVectors = true }).ToListAsync())[0].Vector.IsEmpty);
    }

    [Fact]
    public async Task Get_SeveralKeys_LeavesOutWhatIsNotThere()
    {
        var photos = await Filled(5);

        var read = await photos.GetAsync([2, 99, 4]).ToListAsync();

        Assert.Equal([2, 4], read.Select(photo => photo.Id).Order());
    }

    [Fact]
    public async Task Upsert_SameKey_Replaces()
    {
        var photos = await Filled(5);
        var changed = Photos.Of(17);
        changed.Id = 3;

        await photos.UpsertAsync(changed);

        AssertEqual(changed, (await photos.GetAsync(3))!);
        var closest = await photos.SearchAsync(Photos.Vector(17), 10).ToListAsync();
        Assert.Equal(5, closest.Count);
        Assert.Equal(3, closest[0].Record.Id);
        Assert.Equal(1, closest[0].Score!.Value, 1e-3);
    }

    [Fact]
    public async Task Upsert_SameKeyTwiceInOneCall_KeepsTheLast()
    {
        var photos = await Filled(0);

        await photos.UpsertAsync([Photos.Of(1), new Photo { Id = 1, Title = "last", Vector = Photos.Vector(2) }]);

        Assert.Equal("last", (await photos.GetAsync(1))!.Title);
        Assert.Single(await photos.SearchAsync(Photos.Vector(2), 10).ToListAsync());
    }

    [Fact]
    public async Task Delete_OneAndSeveral_AreGoneAndOthersStay()
    {
        var photos = await Filled(10);

        await photos.DeleteAsync(1);
        await photos.DeleteAsync([2, 3, 99]);

        Assert.Null(await photos.GetAsync(1));
        Assert.Equal([4, 5, 6, 7, 8, 9, 10], (await photos.SearchAsync(Photos.Vector(1), 20).ToListAsync()).Select(found => found.Record.Id).Order());
        await photos.UpsertAsync(Photos.Of(2));
        AssertEqual(Photos.Of(2), (await photos.GetAsync(2))!);
    }

    [Fact]
    public async Task Search_Cosine_FindsWhatComparingAllFinds()
    {
        var photos = await Filled(600);

        foreach (var query in new[] { 1001, 1002, 1003 }.Select(Photos.Vector))
        {
            var expected = Photos.Closest(Photos.Many(600), query).Take(10).ToArray();
            var found = await photos.SearchAsync(query, 10).ToListAsync();

            Assert.Equal(expected.Select(photo => photo.Id), found.Select(photo => photo.Record.Id));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score!.Value, 1e-5));
        }
    }

    [Fact]
    public async Task Search_Skip_ContinuesTheOrder()
    {
        var photos = await Filled(300);
        var all = await photos.SearchAsync(Photos.Vector(1001), 20).Select(found => found.Record.Id).ToListAsync();

        var second = await photos.SearchAsync(Photos.Vector(1001), 10, new() { Skip = 10 }).Select(found => found.Record.Id).ToListAsync();

        Assert.Equal(all.Skip(10), second);
    }

    [Fact]
    public async Task Search_MoreThanThereAre_FindsAll()
    {
        var photos = await Filled(7);

        Assert.Equal(7, await photos.SearchAsync(Photos.Vector(1001), 1000).CountAsync());
    }

    [Fact]
    public async Task Search_ScoreThreshold_LeavesOutTheFarther()
    {
        var photos = await Filled(300);
        var expected = Photos.Closest(Photos.Many(300), Photos.Vector(1001)).TakeWhile(photo => photo.Score >= 0.4).Take(50).Select(photo => photo.Id).ToArray();

        var found = await photos.SearchAsync(Photos.Vector(1001), 50, new() { ScoreThreshold = 0.4 }).Select(photo => photo.Record.Id).ToListAsync();

        Assert.NotEmpty(expected);
        Assert.Equal(expected, found);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task SearchAndGet_Filter_AreThoseOfTheExpression(string name, Expression<Func<Photo, bool>> filter)
    {
        var photos = await Filled(400);
        // Where a title is null, in memory an expression may fail; here all have one.
        var expected = Photos.Many(400).Where(filter.Compile()).ToArray();

        var found = await photos.SearchAsync(Photos.Vector(1001), 15, new() { Filter = filter }).Select(photo => photo.Record.Id).ToListAsync();
        var got = await photos.GetAsync(filter, 1000).Select(photo => photo.Id).ToListAsync();

        Assert.True(name == "nothing" || expected.Length > 0);
        Assert.Equal(Photos.Closest(expected, Photos.Vector(1001)).Take(15).Select(photo => photo.Id), found);
        Assert.Equal(expected.Select(photo => photo.Id), got.Order());
    }

    [Fact]
    public async Task Search_FilterThatFewPass_FindsAllOfThem()
    {
        var photos = await Filled(1500);
        var far = Photos.Closest(Photos.Many(1500), Photos.Vector(1001)).TakeLast(4).Select(photo => photo.Id).ToList();

        var found = await photos.SearchAsync(Photos.Vector(1001), 10, new() { Filter = photo => far.Contains(photo.Id) }).Select(photo => photo.Record.Id).ToListAsync();

        Assert.Equal(far, found);
    }

    [Fact]
    public async Task Get_OrderSkipAndTop_AreAPage()
    {
        var photos = await Filled(100);
        var expected = Photos.Many(100).Where(photo => photo.IsPublic).OrderByDescending(photo => photo.Category, StringComparer.Ordinal).ThenBy(photo => photo.Year).ThenBy(photo => photo.Id).Skip(5).Take(20).ToArray();

        // What has no value is first or last, as the store has it.
        var page = await photos.GetAsync(photo => photo.IsPublic && photo.Category != null, 20,
            new() { Skip = 5, OrderBy = order => order.Descending(photo => photo.Category).Ascending(photo => photo.Year).Ascending(photo => photo.Id) }).ToListAsync();

        Assert.Equal(Photos.Many(100).Where(photo => photo.IsPublic && photo.Category is not null)
            .OrderByDescending(photo => photo.Category, StringComparer.Ordinal).ThenBy(photo => photo.Year).ThenBy(photo => photo.Id).Skip(5).Take(20).Select(photo => photo.Id), page.Select(photo => photo.Id));
    }

    [Theory]
    [InlineData(DistanceFunction.CosineSimilarity)]
    [InlineData(DistanceFunction.CosineDistance)]
    [InlineData(DistanceFunction.DotProductSimilarity)]
    [InlineData(DistanceFunction.NegativeDotProductSimilarity)]
    [InlineData(DistanceFunction.EuclideanDistance)]
    [InlineData(DistanceFunction.EuclideanSquaredDistance)]
    public async Task Search_DistanceFunction_IsItsScoreAndOrder(string function)
    {
        var notes = Store.GetCollection<string, Note>("notes", Definition(function, typeof(string)));
        await notes.EnsureCollectionExistsAsync();
        float[][] vectors = [[1, 0], [0, 2], [3, 4], [-1, 1]];
        await notes.UpsertAsync(vectors.Select((vector, place) => new Note { Id = $"n{place}", Vector = vector }));
        float[] query = [1, 2];

        var found = await notes.SearchAsync(query, 4).ToListAsync();

        Assert.Equal(4, found.Count);
        double Score(Note note)
        {
            var vector = vectors[int.Parse(note.Id![1..])];
            double dot = vector[0] + 2 * vector[1], length = Math.Sqrt((vector[0] * vector[0] + vector[1] * vector[1]) * 5), square = Math.Pow(vector[0] - 1, 2) + Math.Pow(vector[1] - 2, 2);
            return function switch
            {
                DistanceFunction.CosineSimilarity => dot / length,
                DistanceFunction.CosineDistance => 1 - dot / length,
                DistanceFunction.DotProductSimilarity => dot,
                DistanceFunction.NegativeDotProductSimilarity => -dot,
                DistanceFunction.EuclideanDistance => Math.Sqrt(square),
                _ => square,
            };
        }
        Assert.All(found, note => Assert.Equal(Score(note.Record), note.Score!.Value, 1e-5));
        var isSimilarity = function is DistanceFunction.CosineSimilarity or DistanceFunction.DotProductSimilarity;
        Assert.Equal(isSimilarity ? found.OrderByDescending(note => note.Score) : found.OrderBy(note => note.Score), found);
    }

    [Fact]
    public Task Keys_Text_AreKept() => Keys("a", "ä \"'; drop table x --");

    [Fact]
    public Task Keys_Guid_AreKept() => Keys(Guid.Parse("11111111-2222-3333-4444-555555555555"), Guid.Parse("00000000-0000-0000-0000-000000000001"));

    [Fact]
    public Task Keys_Int32_AreKept() => Keys(0, int.MinValue);

    [Fact]
    public Task Keys_Int64_AreKept() => Keys(long.MaxValue, long.MinValue);

    [Fact]
    public Task Keys_UInt64_AreKept() => Keys(ulong.MaxValue, 0UL);

    [Fact]
    public async Task Dynamic_RecordsAreDictionaries_AreSearchedAndFiltered()
    {
        var photos = Store.GetDynamicCollection("dynamic", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Id", typeof(int)),
                new VectorStoreDataProperty("Category", typeof(string)),
                new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), Photo.Dimensions),
            ],
        });
        await photos.EnsureCollectionExistsAsync();
        await photos.UpsertAsync(Photos.Many(50).Select(photo => new Dictionary<string, object?> { ["Id"] = photo.Id, ["Category"] = photo.Category, ["Vector"] = photo.Vector }));

        var found = await photos.SearchAsync(Photos.Vector(1001), 5, new() { Filter = photo => (string)photo["Category"]! == "sea" }).ToListAsync();

        Assert.Equal(Photos.Closest(Photos.Many(50).Where(photo => photo.Category == "sea"), Photos.Vector(1001)).Take(5).Select(photo => photo.Id), found.Select(photo => (int)photo.Record["Id"]!));
        Assert.Equal("city", (await photos.GetAsync(1))!["Category"]);
    }

    [Fact]
    public async Task Upsert_Texts_AreEmbeddedByTheGenerator()
    {
        var notes = Store.GetCollection<string, EmbeddedNote>("embedded");
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync([new() { Id = "a", Text = "5" }, new() { Id = "b", Text = "6" }]);

        var found = await notes.SearchAsync("6", 1).ToListAsync();

        Assert.Equal("b", found[0].Record.Id);
        Assert.Equal(1, found[0].Score!.Value, 1e-3);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await notes.SearchAsync("6", 1, new() { IncludeVectors = true }).ToListAsync());
    }

    [Fact]
    public async Task Reopened_HoldsWhatWasUpserted()
    {
        var photos = await Filled(500);
        await photos.DeleteAsync(7);
        Store.Dispose();

        using var again = await ReopenAsync();
        var read = again.GetCollection<int, Photo>(Name);

        Assert.Null(await read.GetAsync(7));
        AssertEqual(Photos.Of(8), (await read.GetAsync(8))!);
        Assert.Equal(Photos.Closest(Photos.Many(500).Where(photo => photo.Id != 7), Photos.Vector(7)).Take(5).Select(photo => photo.Id), await read.SearchAsync(Photos.Vector(7), 5).Select(found => found.Record.Id).ToListAsync());
        await read.UpsertAsync(Photos.Of(7));
        Assert.Equal(7, (await read.SearchAsync(Photos.Vector(7), 1).ToListAsync())[0].Record.Id);
    }

    [Fact]
    public async Task Collection_DoesNotExist_ThrowsVectorStoreException()
    {
        var photos = Store.GetCollection<int, Photo>("missing");

        foreach (var act in new Func<Task>[]
        {
            () => photos.GetAsync(1),
            () => photos.UpsertAsync(Photos.Of(1)),
            () => photos.DeleteAsync(1),
            async () => await photos.SearchAsync(Photos.Vector(1), 1).ToListAsync(),
            async () => await photos.GetAsync(photo => true, 1).ToListAsync(),
        })
        {
            var e = await Assert.ThrowsAsync<VectorStoreException>(act);
            Assert.Contains("missing", e.Message);
            Assert.Equal("missing", e.CollectionName);
        }
    }

    [Fact]
    public async Task Upsert_WrongVectors_ThrowAndStoreNothing()
    {
        var photos = await Filled(0);

        foreach (var vector in new float[][] { [1], new float[Photo.Dimensions], [.. Enumerable.Repeat(float.NaN, Photo.Dimensions)], [.. Enumerable.Repeat(float.PositiveInfinity, Photo.Dimensions)] })
            await Assert.ThrowsAsync<ArgumentException>(() => photos.UpsertAsync([Photos.Of(1), new Photo { Id = 2, Vector = vector }]));

        Assert.Null(await photos.GetAsync(1));
    }

    [Fact]
    public async Task Search_WrongArguments_AreRefused()
    {
        var photos = await Filled(1);

        await Assert.ThrowsAsync<ArgumentException>(async () => await photos.SearchAsync(new float[] { 1 }, 1).ToListAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await photos.SearchAsync(new Version(1, 2), 1).ToListAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await photos.SearchAsync(Photos.Vector(1), 0).ToListAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await photos.GetAsync(photo => true, 0).ToListAsync());
        Assert.Throws<InvalidOperationException>(() => Store.GetCollection<double, Photo>("x"));
        Assert.Throws<NotSupportedException>(() => Store.GetCollection<double, KeyedNote<double>>("x", Definition(null, typeof(double))));
    }

    [Fact]
    public async Task Canceled_ThrowsAndChangesNothing()
    {
        var photos = await Filled(3);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => photos.UpsertAsync(Photos.Many(9), source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => photos.DeleteAsync(1, source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => photos.GetAsync(1, cancellationToken: source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await photos.SearchAsync(Photos.Vector(1), 1, cancellationToken: source.Token).ToListAsync());

        Assert.Equal(3, await photos.GetAsync(photo => true, 100).CountAsync());
    }

    [Fact]
    public async Task ReadersBesideOneWriter_SeeWholeRecords()
    {
        var photos = await Filled(100);
        var isWriting = true;
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(async () =>
        {
            var reads = 0;
            for (var place = reader; Volatile.Read(ref isWriting) || reads == 0; place++, reads++)
            {
                var found = await photos.SearchAsync(Photos.Vector(place % 100 + 1), 3).ToListAsync();
                Assert.Equal(3, found.Count);
                Assert.Equal(place % 100 + 1, found[0].Record.Id);
                AssertEqual(Photos.Of(place % 100 + 1), (await photos.GetAsync(place % 100 + 1))!);
            }
            return reads;
        })).ToArray();

        for (var begin = 101; begin <= 1100; begin += 50)
            await photos.UpsertAsync(Enumerable.Range(begin, 50).Select(Photos.Of));
        await photos.UpsertAsync(Photos.Many(1100));
        Volatile.Write(ref isWriting, false);

        Assert.All(await Task.WhenAll(readers).WithinLimit(), reads => Assert.True(reads > 0));
        Assert.Equal(1100, await photos.GetAsync(photo => true, 5000).CountAsync());
    }

    /// <summary>A collection with photos from 1 on.</summary>
    /// <param name="count">How many.</param>
    protected async Task<VectorStoreCollection<int, Photo>> Filled(int count)
    {
        var photos = Store.GetCollection<int, Photo>(Name);
        await photos.EnsureCollectionExistsAsync();
        if (count > 0)
            await photos.UpsertAsync(Photos.Many(count));
        return photos;
    }

    /// <summary>Requires that all but the vectors are equal.</summary>
    /// <param name="expected">What was stored.</param>
    /// <param name="actual">What was read.</param>
    protected static void AssertEqual(Photo expected, Photo actual)
    {
        Assert.Equal((expected.Id, expected.Title, expected.Category, expected.Year, expected.Rating, expected.IsPublic, expected.Modified),
            (actual.Id, actual.Title, actual.Category, actual.Year, actual.Rating, actual.IsPublic, actual.Modified));
        Assert.Equal(expected.Tags, actual.Tags);
    }

    private async Task Keys<TKey>(params TKey[] keys)
        where TKey : notnull
    {
        var notes = Store.GetCollection<TKey, KeyedNote<TKey>>("keyed", Definition(null, typeof(TKey)));
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync(keys.Select((key, place) => new KeyedNote<TKey> { Id = key, Vector = new float[] { 1, place } }));

        Assert.Equal(keys, (await notes.GetAsync(keys).ToListAsync()).Select(note => note.Id).OrderBy(key => Array.IndexOf(keys, key)));
        Assert.Equal(keys[1], (await notes.SearchAsync(new float[] { 1, 1 }, 1).ToListAsync())[0].Record.Id);
        await notes.DeleteAsync(keys[0]);
        Assert.Null(await notes.GetAsync(keys[0]));
        Assert.Equal(keys[1], (await notes.GetAsync(keys[1]))!.Id);
    }

    private static VectorStoreCollectionDefinition Definition(string? function, Type key) => new()
    {
        Properties = [new VectorStoreKeyProperty("Id", key), new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), 2) { DistanceFunction = function }],
    };
}
