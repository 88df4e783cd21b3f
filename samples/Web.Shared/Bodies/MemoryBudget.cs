namespace Web.Shared;

/// <summary>Bytes that all requests together may hold.</summary>
/// <param name="limit">The most bytes.</param>
internal sealed class MemoryBudget(long limit)
{
    private long _taken;

    /// <summary>The bytes that are held.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes bytes.</summary>
    /// <exception cref="OverloadedException">There are not so many; nothing was taken.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
            return;
        Return(bytes);
        throw new OverloadedException("The server is busy; it has no memory for this body.", TimeSpan.FromSeconds(1));
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
