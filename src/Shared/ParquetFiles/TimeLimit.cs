namespace Clip.Shared.ParquetFiles;

/// <summary>Runs work that may never end, on a thread of its own.</summary>
internal static class TimeLimit
{
    /// <summary>Waits for work, but not for ever.</summary>
    /// <param name="work">The work; its token is cancelled when nobody waits for it any more.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It took longer.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public static T Run<T>(Func<CancellationToken, Task<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = abandoned.Token;
        var task = Task.Factory.StartNew(() => work(token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            if (Task.WaitAny([task], (int)Math.Min(limit.TotalMilliseconds, int.MaxValue), cancellationToken) < 0)
                throw new TimeoutException($"it was not read within {limit.TotalSeconds:N0} seconds");
        }
        catch
        {
            abandoned.Cancel();
            throw;
        }
        return task.GetAwaiter().GetResult();
    }
}
