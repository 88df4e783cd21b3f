namespace Clip.Embedding;

/// <summary>The one thread that runs a network, and on a GPU another one that reads its results.</summary>
/// <remarks>
/// <para>
/// libtorch keeps a team of workers for every thread that calls it, and a pass of the network uses all processors. Callers
/// on many threads would therefore slow each other down and multiply memory; here their passes wait for each other.
/// </para>
/// <para>
/// A GPU computes behind its caller: a pass has only been queued when it returns. Reading its results waits for everything that was
/// queued before the reading, so that one thread which queues and reads would either let the GPU idle between passes or wait for
/// the next pass too. The second thread begins to read when a pass has been queued, while this one queues the next.
/// </para>
/// <para>
/// The threads hold on to their queue alone, not to this object nor to a network whose passes have ended: a model that was not disposed is
/// collected like any object, and its threads end.
/// </para>
/// </remarks>
internal sealed class NetworkThread : IDisposable
{
    private readonly PassQueue _queue;
    private readonly Thread _thread;
    private readonly Thread? _reader;

    /// <summary>Starts the thread.</summary>
    /// <param name="depth">
    /// Passes that may be queued behind one whose results have not been read: 0 on a CPU, where a pass has been computed when it returns.
    /// </param>
    /// <param name="read">Reads the results of a pass; null for <see cref="EmbeddingRows.Read"/>.</param>
    public NetworkThread(int depth = 0, Func<Tensor, float[][]>? read = null)
    {
        Depth = depth;
        _queue = new PassQueue(depth, read ?? EmbeddingRows.Read);
        _thread = Start(_queue.RunPasses, "Clip network");
        if (depth > 0)
            _reader = Start(_queue.ReadResults, "Clip results");
    }

    /// <summary>Ends the threads of a model that nobody has disposed or can reach.</summary>
    ~NetworkThread() => _queue?.Complete();

    /// <summary>Passes that may be queued behind one whose results have not been read.</summary>
    public int Depth { get; }

    /// <summary>Runs a pass without gradients, after those that were asked for before.</summary>
    /// <param name="pass">The pass; it returns rows [N, E] in float32, and other tensors that it makes are disposed with its scope.</param>
    /// <returns>The rows. What the pass read on its way has been used when they are there, and when the pass has failed.</returns>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<float[][]> RunAsync(Func<Tensor> pass)
    {
        var rows = _queue.Add(pass);
        GC.KeepAlive(this);
        return rows;
    }

    /// <summary>Ends the threads after the passes that were asked for.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _queue.Complete();
        if (Thread.CurrentThread == _thread || Thread.CurrentThread == _reader)
            return;
        _thread.Join();
        _reader?.Join();
    }

    // Without the caller's execution context, whose values would live as long as the thread.
    private static Thread Start(Action work, string name)
    {
        var thread = new Thread(work.Invoke) { IsBackground = true, Name = name };
        thread.UnsafeStart();
        return thread;
    }
}
