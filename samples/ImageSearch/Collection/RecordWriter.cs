using System.Threading.Channels;
using Microsoft.Extensions.VectorData;

namespace ImageSearch;

/// <summary>Stores and deletes records, one commit after the other: what comes while one is being written goes into the next together.</summary>
internal sealed class RecordWriter : IAsyncDisposable
{
    private const int MostWaiting = 1024;
    private const int MostAtOnce = 256;

    private readonly VectorStoreCollection<Guid, ImageRecord> _records;
    private readonly ImageCatalog _catalog;
    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Task _loop;

    /// <summary>Begins to wait for records.</summary>
    /// <param name="records">Where they are stored.</param>
    /// <param name="catalog">Learns of each that is stored or deleted.</param>
    public RecordWriter(VectorStoreCollection<Guid, ImageRecord> records, ImageCatalog catalog)
    {
        (_records, _catalog) = (records, catalog);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Stores a record.</summary>
    /// <returns>Whether there was none with its key, when it is stored.</returns>
    public Task<bool> PutAsync(ImageRecord record) => EnqueueAsync(new Write(record.Id, record));

    /// <summary>Deletes a record.</summary>
    /// <returns>Whether it was there, when it is deleted.</returns>
    public Task<bool> DeleteAsync(Guid id) => EnqueueAsync(new Write(id, null));

    /// <summary>Stores what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
    }

    private async Task<bool> EnqueueAsync(Write write)
    {
        await _writes.Writer.WriteAsync(write);
        return await write.Done.Task;
    }

    private async Task RunAsync()
    {
        var batch = new List<Write>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _writes.Reader.TryRead(out var write))
                batch.Add(write);
            await CommitAsync(batch, write => write.Record is not null, writes => _records.UpsertAsync(writes.Select(write => write.Record!)));
            await CommitAsync(batch, write => write.Record is null, writes => _records.DeleteAsync(writes.Select(write => write.Id)));
        }
    }

    private async Task CommitAsync(List<Write> batch, Predicate<Write> isPart, Func<List<Write>, Task> commit)
    {
        if (batch.FindAll(isPart) is not { Count: > 0 } part)
            return;
        try
        {
            await commit(part);
        }
        catch (Exception exception)
        {
            part.ForEach(write => write.Done.SetException(exception));
            return;
        }
        foreach (var write in part)
            write.Done.SetResult(write.Record is { } record ? _catalog.Add(record.Id, record.Added) : _catalog.Remove(write.Id));
    }

    private sealed record Write(Guid Id, ImageRecord? Record)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
