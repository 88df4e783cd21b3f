using System.Collections.Concurrent;

namespace Clip.Distributed.Mpi;

/// <summary>The one thread that calls MPI, so that any library will do and collectives run beside the computation.</summary>
internal sealed class MpiThread : IDisposable
{
    private readonly BlockingCollection<Action> _calls = [];
    private readonly Thread _thread;

    public MpiThread()
    {
        _thread = new Thread(Run) { Name = "MPI", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Queues a call; calls run in their order.</summary>
    public Task Begin(Action call)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(() =>
        {
            try
            {
                call();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Makes a call, after those that are queued.</summary>
    public void Call(Action call) => Begin(call).GetAwaiter().GetResult();

    /// <summary>Lets queued calls end, and ends the thread.</summary>
    public void Dispose()
    {
        _calls.CompleteAdding();
        _thread.Join();
        _calls.Dispose();
    }

    private void Run()
    {
        foreach (var call in _calls.GetConsumingEnumerable())
            call();
    }
}
