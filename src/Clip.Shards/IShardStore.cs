namespace Clip.Shards;

/// <summary>Where workers write what they embed, and tell each other by entries that only one of them can create.</summary>
/// <remarks>
/// <para>Paths have slashes between their parts and are relative to the store. All members can be called at the same time.</para>
/// <para>What fails throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</para>
/// </remarks>
public interface IShardStore
{
    /// <summary>What messages call the store.</summary>
    string Name { get; }

    /// <summary>The store's own time, since the clocks of workers differ.</summary>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default);

    /// <summary>What is known of an entry.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Null where there is none.</returns>
    Task<StoredEntry?> FindAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Reads a small entry whole.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Its bytes; null where there is none.</returns>
    Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>The entries of a folder, in any order.</summary>
    /// <param name="folder">The folder, which need not be there.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    IAsyncEnumerable<StoredEntry> ListAsync(string folder, CancellationToken cancellationToken = default);

    /// <summary>Creates an entry that is not there. Of several that try, one succeeds.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The entry; null where there was one.</returns>
    Task<StoredEntry?> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Takes the place of an entry that nobody has written since it was looked at. Of several that try, at most one succeeds.</summary>
    /// <param name="entry">The entry as it was.</param>
    /// <param name="content">The new bytes.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The new entry; null where the old one had changed or gone.</returns>
    Task<StoredEntry?> TryReplaceAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Writes an entry of one's own again, with the same bytes, so that its time is now.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The entry with its new time; null where it has other bytes or has gone.</returns>
    Task<StoredEntry?> TryRenewAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Deletes an entry of one's own; nothing where it has other bytes or has gone.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task DeleteAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Writes an entry of any size, which is there as a whole or not at all, and replaces one that is there.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="write">Writes its bytes to a stream that can seek.</param>
    /// <param name="cancellationToken">Ends writing.</param>
    Task CommitAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default);
}
