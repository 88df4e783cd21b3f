namespace Clip.Shards.Tests.Support;

/// <summary>A store whose disk is full when certain files are written.</summary>
internal sealed class FailingStore(IShardStore store, string failingPath) : IShardStore
{
    public string Name => store.Name;

    public Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => store.GetTimeAsync(cancellationToken);

    public Task<StoredEntry?> FindAsync(string path, CancellationToken cancellationToken) => store.FindAsync(path, cancellationToken);

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => store.ReadAsync(path, cancellationToken);

    public IAsyncEnumerable<StoredEntry> ListAsync(string folder, CancellationToken cancellationToken) => store.ListAsync(folder, cancellationToken);

    public Task<StoredEntry?> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.TryCreateAsync(path, content, cancellationToken);

    public Task<StoredEntry?> TryReplaceAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.TryReplaceAsync(entry, content, cancellationToken);

    public Task<StoredEntry?> TryRenewAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.TryRenewAsync(entry, content, cancellationToken);

    public Task DeleteAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.DeleteAsync(entry, content, cancellationToken);

    public Task CommitAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) => store.CommitAsync(
        path,
        async (stream, cancelled) =>
        {
            await write(stream, cancelled);
            if (path == failingPath)
                throw new IOException("No space left on device");
        },
        cancellationToken);
}
