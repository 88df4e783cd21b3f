using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Clip.Kernels.Float32.Threads;

/// <summary>The threads that compute kernels, beside the one that calls.</summary>
/// <remarks>They serve one caller at a time; a second one meanwhile computes alone, with the same result to the last bit.</remarks>
internal sealed class KernelThreads
{
    // About 20 microseconds of work, several times of what it takes to wake a thread.
    private const double WorkPerThread = 1e6;

    private readonly List<Worker> _workers = [];

    // Not a lock: the thread that holds one could enter it again, and would give its busy threads other work.
    private int _isInUse;

    /// <summary>The team of this process.</summary>
    public static KernelThreads Shared { get; } = new();

    /// <summary>How many threads, the caller's included, are worth waking: at most as many as libtorch uses.</summary>
    /// <param name="multiplications">How much there is to compute.</param>
    public static int SizeFor(double multiplications) => (int)Math.Clamp(multiplications / WorkPerThread, 1, get_num_threads());

    /// <summary>Runs code on several threads, the caller's included, and waits for it; inside of such code, on the calling thread alone.</summary>
    /// <param name="size">On how many, at least 1.</param>
    /// <param name="work">The code; it is called once for each thread.</param>
    public void Run(int size, Action<ThreadTeam> work)
    {
        if (size <= 1 || Interlocked.Exchange(ref _isInUse, 1) != 0)
        {
            work(ThreadTeam.Alone);
            return;
        }
        try
        {
            while (_workers.Count < size - 1)
                _workers.Add(new Worker(_workers.Count + 1));

            var teams = ThreadTeam.Create(size);
            using var others = new CountdownEvent(size - 1);
            var errors = new Exception?[size];
            for (var rank = 1; rank < size; rank++)
            {
                var team = teams[rank];
                _workers[rank - 1].Start(() =>
                {
                    Try(team);
                    others.Signal();
                });
            }
            Try(teams[0]);
            others.Wait();

            // The first to fail is the reason of the others, which were waiting for it.
            if ((errors.FirstOrDefault(error => error is not (null or OperationCanceledException)) ?? errors.FirstOrDefault(error => error is not null)) is { } first)
                ExceptionDispatchInfo.Throw(first);

            void Try(ThreadTeam team)
            {
                try
                {
                    work(team);
                }
                catch (Exception e)
                {
                    errors[team.Rank] = e;
                    team.Abort();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isInUse, 0);
        }
    }

    private sealed class Worker
    {
        // About 20 microseconds: the pause between two passes. Longer waits give the processor away.
        private const int SpinsBeforeSleep = 100;

        private readonly ManualResetEventSlim _hasWork = new(false, SpinsBeforeSleep);
        private Action? _work;

        public Worker(int number)
        {
            // Without the caller's execution context, whose values would live as long as the process.
            new Thread(Run) { IsBackground = true, Name = $"Clip kernels {number}" }.UnsafeStart();
        }

        public void Start(Action work)
        {
            _work = work;
            _hasWork.Set();
        }

        private void Run()
        {
            while (true)
            {
                _hasWork.Wait();
                _hasWork.Reset();
                RunOnce();
            }
        }

        // On its own, so that a waiting thread keeps nothing of its last work alive: neither a kernel nor its memory.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void RunOnce()
        {
            var work = _work!;
            _work = null;
            work();
        }
    }
}
