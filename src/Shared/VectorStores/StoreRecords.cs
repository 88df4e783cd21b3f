using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.Shared.VectorStores;

/// <summary>Records that are to be stored, with their keys and vectors.</summary>
/// <param name="Records">The records.</param>
/// <param name="Keys">The key of each.</param>
/// <param name="Vectors">A list of vectors for each vector property in the model's order; null where a record has none.</param>
internal sealed record StoreRecords(IReadOnlyList<object> Records, IReadOnlyList<object> Keys, ReadOnlyMemory<float>?[][] Vectors)
{
    /// <summary>Reads records, and embeds what the collection's generator is to embed.</summary>
    /// <param name="model">The properties.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Passed on to the generator.</param>
    /// <exception cref="ArgumentException">A record is null, has no key, or a vector of another length.</exception>
    public static async Task<StoreRecords> ReadAsync<TRecord>(CollectionModel model, IEnumerable<TRecord> records, CancellationToken cancellationToken)
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(records);
        cancellationToken.ThrowIfCancellationRequested();
        var list = records.ToList<object>();
        if (list.Contains(null!))
            throw new ArgumentException("A record is null.", nameof(records));
        var keys = list.ConvertAll(record => StoreKeys.Of(model, record));
        return new StoreRecords(list, keys, await StoreVectors.OfRecordsAsync(model, list, cancellationToken).ConfigureAwait(false));
    }
}
