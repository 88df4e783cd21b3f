using System.Collections.Concurrent;

namespace Clip.Embedding;

/// <summary>The one thread that runs a network.</summary>
/// <remarks>
/// libtorch keeps a team of workers for every thread that calls it, and a pass of the network uses all processors. Callers
/// on many threads would therefore slow each other down and multiply memory; here their passes wait for each other.
/// </remarks>
internal sealed class NetworkThread : IDisposable
{
    private readonly BlockingCollection<Action> _passes = [];
    private readonly Thread _thread;

    public NetworkThread()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "Clip network" };
        _thread.Start();
    }

    /// <summary>Runs a pass without gradients, after those that were asked for before.</summary>
    /// <param name="pass">The pass; tensors it makes are disposed with its scope.</param>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> RunAsync<T>(Func<T> pass)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _passes.Add(() => Complete(pass, result));
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(ClipModel), "The model has been disposed.");
        }
        return result.Task;
    }

    /// <summary>Ends the thread after the passes that were asked for.</summary>
    public void Dispose()
    {
        _passes.CompleteAdding();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private static void Complete<T>(Func<T> pass, TaskCompletionSource<T> result)
    {
        try
        {
            using var inference = inference_mode();
            using var scope = NewDisposeScope();
            result.SetResult(pass());
        }
        catch (Exception e)
        {
            result.SetException(e);
        }
    }

    private void Work()
    {
        foreach (var pass in _passes.GetConsumingEnumerable())
            pass();
    }
}
