using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Web.Shared;

/// <summary>The time that one request may wait, in all its queues together.</summary>
/// <param name="limit">The limit.</param>
public sealed class Waiting(TimeSpan limit)
{
    private TimeSpan _spent;

    /// <summary>The time of a request as the limits say.</summary>
    /// <param name="limits">The limits.</param>
    public Waiting(IOptions<WebLimits> limits)
        : this(limits.Value.MaxWait)
    {
    }

    private TimeSpan Remaining => limit > _spent ? limit - _spent : TimeSpan.Zero;

    /// <summary>Waits for something that others wait for too, or that goes on by itself.</summary>
    /// <param name="task">What it waits for.</param>
    /// <param name="cancellationToken">Ends the waiting of this request.</param>
    /// <exception cref="OverloadedException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<T> ForAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
            return await task;
        var start = Stopwatch.GetTimestamp();
        try
        {
            return await task.WaitAsync(Remaining, cancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw Overloaded();
        }
        finally
        {
            _spent += Stopwatch.GetElapsedTime(start);
        }
    }

    /// <summary>Waits for something that is given up when the time is over.</summary>
    /// <param name="begin">Begins it, with a token that ends it.</param>
    /// <param name="cancellationToken">Ends the waiting of this request.</param>
    /// <exception cref="OverloadedException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<T> ForAsync<T>(Func<CancellationToken, ValueTask<T>> begin, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Remaining);
        var start = Stopwatch.GetTimestamp();
        try
        {
            return await begin(end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Overloaded();
        }
        finally
        {
            _spent += Stopwatch.GetElapsedTime(start);
        }
    }

    private OverloadedException Overloaded() => new("The server is busy; there was no place for this request in time.", limit);
}
