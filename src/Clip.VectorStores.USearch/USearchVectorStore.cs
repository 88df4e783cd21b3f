using System.Diagnostics.CodeAnalysis;
using Clip.Shared.VectorStores;
using Clip.VectorStores.USearch.Storage;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.USearch;

/// <summary>Collections of records with vectors in a folder, searched by USearch's graphs. Any number of threads and processes read; one store writes to a collection at a time.</summary>
/// <remarks>
/// <para>A record is on the disk when an upsert returns. A process that is killed, or a machine that stops, loses nothing of that and leaves nothing half written.</para>
/// <para>Vectors are kept in float16: 11 bits, numbers up to 65,504. Scores are computed exactly from them in float32.</para>
/// <para>Where USearch has no native library (Linux on ARM), all vectors are compared instead; results are the same or better, and searches take longer.</para>
/// </remarks>
public sealed class USearchVectorStore : VectorStore
{
    internal const string SystemName = "usearch";

    private readonly string _folder;
    private readonly USearchVectorStoreOptions _options;
    private readonly Dictionary<string, StoredCollection> _collections = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <summary>A store in a folder, which need not be there yet.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The folder has no name, or a setting is out of range.</exception>
    public USearchVectorStore(string folder, USearchVectorStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Path.GetFullPath(folder);
        _options = options ?? new USearchVectorStoreOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.ExactSearchLimit, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.GraphCandidates, 1, nameof(options));
    }

    /// <summary>Why searches compare all vectors on this machine; null where USearch's library is there.</summary>
    public static string? ExactSearchReason => Shared.Search.NeighborGraph.LibraryProblem;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The name is empty or too long, or the record type is not one that can be stored.</exception>
    [RequiresDynamicCode("Properties of records are found by reflection.")]
    [RequiresUnreferencedCode("Properties of records are found by reflection.")]
    public override USearchCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition = null)
    {
        if (typeof(TRecord) == typeof(Dictionary<string, object?>))
            throw new ArgumentException($"Records that are dictionaries are for {nameof(GetDynamicCollection)}.");
        var model = new StoreModelBuilder().Build(typeof(TRecord), typeof(TKey), definition, _options.EmbeddingGenerator);
        return new USearchCollection<TKey, TRecord>(name, _folder, model, Find(name));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The name is empty or too long, or the definition has a property that cannot be stored.</exception>
    public override USearchCollection<object, Dictionary<string, object?>> GetDynamicCollection(string name, VectorStoreCollectionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var model = new StoreModelBuilder().BuildDynamic(definition, _options.EmbeddingGenerator);
        return new USearchCollection<object, Dictionary<string, object?>>(name, _folder, model, Find(name));
    }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The folder cannot be read, or a collection in it is damaged.</exception>
    public override IAsyncEnumerable<string> ListCollectionNamesAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Failures.Wrap(_folder, null, "list", () => CollectionFolder.All(_folder).Select(folder => folder.ReadName()).Order(StringComparer.Ordinal).ToArray()).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(name).Exists);
    }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">Another store writes to it, or its files cannot be deleted.</exception>
    public override Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var collection = Find(name);
        return Task.Run(() => Failures.Wrap(_folder, name, "delete", collection.Delete), cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata) ? new VectorStoreMetadata { VectorStoreSystemName = SystemName, VectorStoreName = _folder }
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Waits for what reads and writes, and closes the files of all collections.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        lock (_collections)
        {
            _isDisposed = true;
            foreach (var collection in _collections.Values)
                collection.Dispose();
        }
    }

    private StoredCollection Find(string name)
    {
        lock (_collections)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_collections.TryGetValue(name ?? "", out var collection))
            {
                collection = new StoredCollection(CollectionFolder.Of(_folder, name!), _options.ExactSearchLimit, _options.GraphCandidates);
                _collections.Add(name!, collection);
            }
            return collection;
        }
    }
}
