using Microsoft.Extensions.VectorData;

namespace ImageSearch;

/// <summary>Images with their embeddings: records in a vector store, bytes in files. Added to, deleted from and searched by any threads at once.</summary>
/// <remarks>
/// A file is on the disk before its record is stored, and is deleted after it: whenever a process ends, every record has its file. A file without a record is one whose
/// adding nobody was told to have worked; adding the image again takes it over.
/// </remarks>
internal sealed class ImageCollection : IAsyncDisposable
{
    private const int ReadAtOnce = 100_000;
    private const int VectorsAtOnce = 1_000;

    private readonly VectorStoreCollection<Guid, ImageRecord> _records;
    private readonly ImageCatalog _catalog;
    private readonly RecordWriter _writer;
    private readonly KeyedTurns _turns = new();

    private ImageCollection(VectorStoreCollection<Guid, ImageRecord> records, ImageCatalog catalog, string folder)
    {
        (_records, _catalog, Folder) = (records, catalog, folder);
        Files = new ImageFiles(Path.Combine(folder, "images"));
        _writer = new RecordWriter(records, catalog);
    }

    /// <summary>How many images there are.</summary>
    public int Count => _catalog.Count;

    /// <summary>Where its files are.</summary>
    public string Folder { get; }

    /// <summary>The files of images.</summary>
    public ImageFiles Files { get; }

    /// <summary>Opens a collection, and makes it where it is not there.</summary>
    /// <param name="records">Its records.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="VectorStoreException">The store cannot be used; the message says why.</exception>
    public static async Task<ImageCollection> OpenAsync(VectorStoreCollection<Guid, ImageRecord> records, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await records.EnsureCollectionExistsAsync(cancellationToken);
        var catalog = new ImageCatalog();
        for (var (skip, read) = (0, ReadAtOnce); read == ReadAtOnce; skip += read)
        {
            read = 0;
            await foreach (var record in records.GetAsync(_ => true, ReadAtOnce, new() { Skip = skip }, cancellationToken))
            {
                catalog.Add(record.Id, record.Added);
                read++;
            }
        }
        return new ImageCollection(records, catalog, folder);
    }

    /// <summary>Whether an image is there.</summary>
    public bool Contains(Guid id) => _catalog.Contains(id);

    /// <summary>Adds an image; when this returns it is on the disk.</summary>
    /// <returns>Its record, and whether it was not there before.</returns>
    public Task<(ImageRecord Record, bool IsNew)> AddAsync(NewImage image)
    {
        var record = image.ToRecord(DateTimeOffset.UtcNow);
        return _turns.RunAsync(record.Id, async () =>
        {
            if (await FindAsync(record.Id) is { } old)
                return (old, false);
            await Files.WriteAsync(record.Id, image.Bytes, image.Thumbnail);
            return (record, await _writer.PutAsync(record));
        });
    }

    /// <summary>Deletes an image.</summary>
    /// <returns>Whether it was there.</returns>
    public Task<bool> DeleteAsync(Guid id) => _turns.RunAsync(id, async () =>
    {
        if (!Contains(id))
            return false;
        var wasThere = await _writer.DeleteAsync(id);
        Files.Delete(id);
        return wasThere;
    });

    /// <summary>The record of an image; null where there is none.</summary>
    /// <param name="id">Its key.</param>
    /// <param name="withVector">Whether with its embedding.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ImageRecord?> FindAsync(Guid id, bool withVector = false, CancellationToken cancellationToken = default) =>
        Contains(id) ? await _records.GetAsync(id, new RecordRetrievalOptions { IncludeVectors = withVector }, cancellationToken) : null;

    /// <summary>Some images, the newest first.</summary>
    /// <param name="skip">How many newer ones are left out.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<IReadOnlyList<ImageRecord>> PageAsync(int skip, int take, CancellationToken cancellationToken) =>
        ReadAsync(_catalog.Page(skip, take), withVectors: false, cancellationToken);

    /// <summary>The images whose embeddings are the closest to a vector, the closest first.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="skip">How many closer ones are left out.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Images and cosines.</returns>
    public async Task<IReadOnlyList<VectorSearchResult<ImageRecord>>> SearchAsync(float[] vector, int skip, int top, CancellationToken cancellationToken)
    {
        using var measured = SearchTelemetry.Measure();
        return await _records.SearchAsync(vector, top, new VectorSearchOptions<ImageRecord> { Skip = skip }, cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>Images with their embeddings, the newest first, in parts.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<IReadOnlyList<ImageRecord>> ReadVectorsAsync(
        int most, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var part in _catalog.Page(0, most).Chunk(VectorsAtOnce))
            yield return await ReadAsync(part, withVectors: true, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _turns.Dispose();
        _records.Dispose();
    }

    // Stores return records in an order of their own, and not those that were deleted meanwhile.
    private async Task<IReadOnlyList<ImageRecord>> ReadAsync(Guid[] ids, bool withVectors, CancellationToken cancellationToken)
    {
        var records = await _records.GetAsync(ids, new RecordRetrievalOptions { IncludeVectors = withVectors }, cancellationToken)
            .ToDictionaryAsync(record => record.Id, cancellationToken: cancellationToken);
        return [.. ids.Where(records.ContainsKey).Select(id => records[id])];
    }
}
