namespace Clip.TestUtilities;

/// <summary>How long tests wait for what must happen before they fail: long enough for a slow and busy machine, and not for ever.</summary>
public static class Patience
{
    /// <summary>The limit of one wait.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>A token that is canceled when the limit has passed.</summary>
    public static CancellationToken Token => new CancellationTokenSource(Limit).Token;

    /// <summary>Waits for a task, at most as long as the limit.</summary>
    /// <exception cref="TimeoutException">The task did not end.</exception>
    public static Task WithinLimit(this Task task) => task.WaitAsync(Limit);

    /// <summary>Waits for a result, at most as long as the limit.</summary>
    /// <exception cref="TimeoutException">The task did not end.</exception>
    public static Task<T> WithinLimit<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Waits until a condition holds, which is looked at every millisecond.</summary>
    /// <param name="condition">What must become true.</param>
    /// <exception cref="TimeoutException">It did not within the limit.</exception>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var token = Token;
        while (!condition())
        {
            if (token.IsCancellationRequested)
                throw new TimeoutException($"The condition did not come true within {Limit}.");
            await Task.Delay(1).ConfigureAwait(false);
        }
    }
}
