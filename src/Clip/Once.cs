namespace Clip;

/// <summary>A value that the first who asks computes; others wait meanwhile, each as long as it wants.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="compute">Computes it; after a failure or a cancellation the next caller tries again.</param>
internal sealed class Once<T>(Func<CancellationToken, T> compute)
    where T : class
{
    // Without a wait handle, it needs no disposal.
    private readonly SemaphoreSlim _turn = new(1);
    private T? _value;

    /// <summary>The value.</summary>
    /// <param name="cancellationToken">Ends the computation of this caller, and its wait for another's.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public T Get(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _value) is { } known)
            return known;

        _turn.Wait(cancellationToken);
        try
        {
            if (_value is null)
                Volatile.Write(ref _value, compute(cancellationToken));
            return _value;
        }
        finally
        {
            _turn.Release();
        }
    }
}
