using System.Collections.Concurrent;

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
/// </remarks>
internal sealed class NetworkThread : IDisposable
{
    private readonly Func<Tensor, float[][]> _read;
    private readonly BlockingCollection<Action> _passes = [];
    private readonly BlockingCollection<Action> _results = [];
    private readonly SemaphoreSlim _places;
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
        _read = read ?? EmbeddingRows.Read;
        _places = new SemaphoreSlim(depth + 1);
        _thread = new Thread(Work) { IsBackground = true, Name = "Clip network" };
        _thread.Start();
        if (depth == 0)
            return;
        _reader = new Thread(() => Run(_results)) { IsBackground = true, Name = "Clip results" };
        _reader.Start();
    }

    /// <summary>Passes that may be queued behind one whose results have not been read.</summary>
    public int Depth { get; }

    /// <summary>Runs a pass without gradients, after those that were asked for before.</summary>
    /// <param name="pass">The pass; it returns rows [N, E] in float32, and other tensors that it makes are disposed with its scope.</param>
    /// <returns>The rows. What the pass read on its way has been used when they are there, and when the pass has failed.</returns>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<float[][]> RunAsync(Func<Tensor> pass)
    {
        var rows = new TaskCompletionSource<float[][]>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _passes.Add(() => Pass(pass, rows));
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(ClipModel), "The model has been disposed.");
        }
        return rows.Task;
    }

    /// <summary>Ends the threads after the passes that were asked for.</summary>
    public void Dispose()
    {
        _passes.CompleteAdding();
        if (Thread.CurrentThread == _thread || Thread.CurrentThread == _reader)
            return;
        _thread.Join();
        _reader?.Join();
    }

    private void Work()
    {
        Run(_passes);
        _results.CompleteAdding();
    }

    private void Pass(Func<Tensor> pass, TaskCompletionSource<float[][]> rows)
    {
        _places.Wait();
        Tensor embeddings;
        try
        {
            using var inference = inference_mode();
            using var scope = NewDisposeScope();
            embeddings = pass().DetachFromDisposeScope();
        }
        catch (Exception e)
        {
            _places.Release();
            rows.SetException(e);
            return;
        }
        if (_reader is null)
            Read(embeddings, rows);
        else
            _results.Add(() => Read(embeddings, rows));
    }

    private void Read(Tensor embeddings, TaskCompletionSource<float[][]> rows)
    {
        try
        {
            using var inference = inference_mode();
            using (embeddings)
                rows.SetResult(_read(embeddings));
        }
        catch (Exception e)
        {
            rows.SetException(e);
        }
        finally
        {
            _places.Release();
        }
    }

    private static void Run(BlockingCollection<Action> actions)
    {
        foreach (var action in actions.GetConsumingEnumerable())
            action();
    }
}
