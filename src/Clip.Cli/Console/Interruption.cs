namespace Clip.Cli;

/// <summary>How a command is ended from outside: the first request cancels it; a second one, or the end of patience, ends the process.</summary>
/// <remarks>Needs nothing of the thread pool, all of whose threads may hang.</remarks>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Action<int> _end;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _cancelled = new();
    private readonly ManualResetEventSlim _isOver = new();
    private long _extraTicks;
    private int _requests;

    /// <summary>Creates an interruption that only cancels.</summary>
    public Interruption()
        : this(_ => { })
    {
    }

    /// <summary>Creates an interruption.</summary>
    /// <param name="end">Ends the process with an exit code, whatever it is doing.</param>
    /// <param name="patience">How long a cancelled command may take to end; ten seconds when left out.</param>
    public Interruption(Action<int> end, TimeSpan? patience = null)
    {
        _end = end;
        _patience = patience ?? UsualPatience;
    }

    /// <summary>Cancelled by the first request.</summary>
    public CancellationToken Token => _cancelled.Token;

    /// <summary>Asks the command to end.</summary>
    /// <param name="exitCode">What the process returns if it does not end by itself.</param>
    public void Request(int exitCode = ExitCodes.Cancelled)
    {
        if (Interlocked.Increment(ref _requests) > 1)
        {
            _end(exitCode);
            return;
        }
        new Thread(() => WaitForEnd(exitCode)) { IsBackground = true, Name = "Clip patience" }.Start();
        // What is registered may take its time, and this thread may hold a lock.
        _ = _cancelled.CancelAsync();
    }

    /// <summary>Lets a command take longer to end for as long as the result lives: a big model's step and its checkpoint take minutes.</summary>
    /// <param name="patience">How much longer.</param>
    public IDisposable Extend(TimeSpan patience)
    {
        Interlocked.Add(ref _extraTicks, patience.Ticks);
        return new Extension(this, patience);
    }

    /// <summary>The command has ended: there is nothing to wait for.</summary>
    public void Dispose() => _isOver.Set();

    private void WaitForEnd(int exitCode)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!_isOver.Wait(Look))
        {
            if (TimeProvider.System.GetElapsedTime(since) < _patience + TimeSpan.FromTicks(Interlocked.Read(ref _extraTicks)))
                continue;
            _end(exitCode);
            return;
        }
    }

    private sealed class Extension(Interruption interruption, TimeSpan patience) : IDisposable
    {
        private int _isEnded;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isEnded, 1) == 0)
                Interlocked.Add(ref interruption._extraTicks, -patience.Ticks);
        }
    }
}
