namespace ImageSearch;

/// <summary>Turns for what is done to one image: adding and deleting the same one do not mix. Images share a bounded number of queues.</summary>
internal sealed class KeyedTurns : IDisposable
{
    private const int Queues = 64;

    private readonly SemaphoreSlim[] _queues = [.. Enumerable.Range(0, Queues).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Does something to an image when its turn comes.</summary>
    public async Task<T> RunAsync<T>(Guid id, Func<Task<T>> work)
    {
        var queue = _queues[(uint)id.GetHashCode() % Queues];
        await queue.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            queue.Release();
        }
    }

    public void Dispose() => Array.ForEach(_queues, queue => queue.Dispose());
}
