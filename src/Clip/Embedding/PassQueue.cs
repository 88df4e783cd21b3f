using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Clip.Embedding;

/// <summary>The passes that a network's threads are to run, and the results that they are to read.</summary>
/// <param name="depth">Passes that may be queued behind one whose results have not been read; 0 where the thread of passes reads them.</param>
/// <param name="read">Reads the results of a pass.</param>
internal sealed class PassQueue(int depth, Func<Tensor, float[][]> read)
{
    private readonly BlockingCollection<Action> _passes = [];
    private readonly BlockingCollection<Action> _results = [];
    private readonly SemaphoreSlim _places = new(depth + 1);

    /// <summary>Adds a pass.</summary>
    /// <returns>Its rows.</returns>
    /// <exception cref="ObjectDisposedException">The queue is complete.</exception>
    public Task<float[][]> Add(Func<Tensor> pass)
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

    /// <summary>Takes no more passes; the threads end after those that are there.</summary>
    public void Complete() => _passes.CompleteAdding();

    /// <summary>Runs passes until the queue is complete, on the thread of the network.</summary>
    public void RunPasses()
    {
        while (TryRunNext(_passes))
        {
        }
        _results.CompleteAdding();
    }

    /// <summary>Reads results until there will be no more, on a thread of their own.</summary>
    public void ReadResults()
    {
        while (TryRunNext(_results))
        {
        }
    }

    // On its own, so that a waiting thread keeps nothing of its last pass alive: neither the network nor the model.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryRunNext(BlockingCollection<Action> actions)
    {
        if (!actions.TryTake(out var action, Timeout.Infinite))
            return false;
        action();
        // Kernels read the weights by their address: the network must not be collected under them.
        GC.KeepAlive(action);
        return true;
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
        if (depth == 0)
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
                rows.SetResult(read(embeddings));
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
}
