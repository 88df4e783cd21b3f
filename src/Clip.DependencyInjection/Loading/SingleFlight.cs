using System.Diagnostics.CodeAnalysis;

namespace Clip.DependencyInjection;

/// <summary>A value that is made once, at the first call, while everybody waits for the same making.</summary>
/// <typeparam name="T">What is made; it is disposed with this object.</typeparam>
/// <param name="make">Makes the value; its token is cancelled when this object is disposed.</param>
/// <param name="beforeDisposal">Is awaited before the value is disposed.</param>
internal sealed class SingleFlight<T>(Func<CancellationToken, Task<T>> make, Func<Task>? beforeDisposal = null) : IDisposable, IAsyncDisposable
    where T : class, IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _shutdown = new();
    private Task<T>? _flight;
    private Task? _disposal;

    public LoadState State => Volatile.Read(ref _flight) switch
    {
        null => LoadState.NotLoaded,
        { IsCompletedSuccessfully: true } => LoadState.Loaded,
        { IsCompleted: true } => LoadState.Failed,
        _ => LoadState.Loading,
    };

    /// <summary>Why the last making failed; null where none has, or another has begun.</summary>
    public Exception? Failure => Volatile.Read(ref _flight) switch
    {
        { IsFaulted: true, Exception: { } exception } => exception.InnerException ?? exception,
        { IsCanceled: true } flight => new TaskCanceledException(flight),
        _ => null,
    };

    private bool IsDisposed => Volatile.Read(ref _disposal) is not null;

    public bool TryGet([NotNullWhen(true)] out T? value)
    {
        value = Volatile.Read(ref _flight) is { IsCompletedSuccessfully: true } flight && !IsDisposed ? flight.Result : null;
        return value is not null;
    }

    /// <summary>The value, which a thread of the pool makes if nobody did.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);

        Task<T> flight;
        lock (_lock)
        {
            ThrowIfDisposed();
            flight = _flight is { } last && (!last.IsCompleted || last.IsCompletedSuccessfully) ? last : Start();
        }
        return flight.IsCompletedSuccessfully ? flight : WaitAsync(flight, cancellationToken);
    }

    /// <summary>The value, which this thread makes if nobody did.</summary>
    /// <param name="makeHere">Makes the value.</param>
    /// <param name="whenBusy">Makes the exception for a value that is being made elsewhere: this thread does not wait for others.</param>
    public T GetHere(Func<T> makeHere, Func<Exception> whenBusy)
    {
        TaskCompletionSource<T> source;
        lock (_lock)
        {
            ThrowIfDisposed();
            if (_flight is { IsCompletedSuccessfully: true } done)
                return done.Result;
            if (_flight is { IsCompleted: false })
                throw whenBusy();
            source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _flight = source.Task;
        }
        try
        {
            var value = makeHere();
            source.SetResult(value);
        }
        catch (Exception exception)
        {
            source.SetException(exception);
            Observe(source.Task);
            throw;
        }
        // A disposal that began meanwhile disposes the value.
        ThrowIfDisposed();
        return source.Task.Result;
    }

    /// <summary>Cancels the making; the value is disposed as soon as it is made and unused, without waiting for that here.</summary>
    public void Dispose() => Observe(BeginDisposal());

    /// <summary>Cancels the making, waits for its end and disposes the value.</summary>
    public ValueTask DisposeAsync() => new(BeginDisposal());

    private Task BeginDisposal()
    {
        var source = new TaskCompletionSource();
        Task<T>? flight;
        lock (_lock)
        {
            if (_disposal is not null)
                return _disposal;
            _disposal = source.Task;
            flight = _flight;
        }
        _ = EndAsync(flight, source);
        return source.Task;
    }

    private async Task EndAsync(Task<T>? flight, TaskCompletionSource ended)
    {
        List<Exception> failures = [];
        // Whoever is told of the shutdown may fail at it; the value is disposed all the same.
        Try(_shutdown.Cancel);
        // A failure belongs to those who waited for the value.
        if (flight is not null)
            await ((Task)flight).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (beforeDisposal is not null)
                await beforeDisposal().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failures.Add(exception);
        }
        if (flight is { IsCompletedSuccessfully: true })
            Try(flight.Result.Dispose);
        _shutdown.Dispose();
        if (failures.Count == 0)
            ended.SetResult();
        else
            ended.SetException(failures);

        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }
    }

    private Task<T> Start()
    {
        var token = _shutdown.Token;
        var flight = Task.Run(() => make(token), CancellationToken.None);
        Observe(flight);
        Volatile.Write(ref _flight, flight);
        return flight;
    }

    private async Task<T> WaitAsync(Task<T> flight, CancellationToken cancellationToken)
    {
        try
        {
            var value = await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfDisposed();
            return value;
        }
        catch (OperationCanceledException) when (IsDisposed && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(typeof(T).Name, $"The container was disposed while its {typeof(T).Name} was being loaded.");
        }
    }

    // Everybody may have stopped waiting; the failure is in the log and must not surface as an unobserved one.
    private static void Observe(Task flight) =>
        flight.ContinueWith(failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void ThrowIfDisposed()
    {
        if (IsDisposed)
            throw new ObjectDisposedException(typeof(T).Name, $"The container of this {typeof(T).Name} is disposed.");
    }
}
