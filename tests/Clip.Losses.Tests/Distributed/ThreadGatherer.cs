using Clip.Losses.Distributed;

namespace Clip.Losses.Tests.Distributed;

/// <summary>Workers that are threads of one process.</summary>
internal sealed class ThreadGatherer(int rank, ThreadGatherer.Meeting meeting) : IFeatureGatherer
{
    public int Rank => rank;

    public int Workers => meeting.Places.Length;

    public Tensor Gather(Tensor rows) => Exchange(rows, all => cat(all));

    public Tensor ReduceScatter(Tensor gradients) => Exchange(gradients, all =>
    {
        using var scope = NewDisposeScope();
        var rows = gradients.shape[0] / Workers;
        return stack(all.Select(gradient => gradient.narrow(0, rank * rows, rows))).sum([0]).MoveToOuterDisposeScope();
    });

    private Tensor Exchange(Tensor own, Func<Tensor[], Tensor> combine)
    {
        meeting.Places[rank] = own;
        meeting.WaitForAll();
        var combined = combine(meeting.Places);
        meeting.WaitForAll();
        return combined;
    }

    /// <summary>Where the workers meet.</summary>
    internal sealed class Meeting(int workers) : IDisposable
    {
        public Tensor[] Places { get; } = new Tensor[workers];

        public Barrier Barrier { get; } = new(workers);

        public void WaitForAll()
        {
            if (!Barrier.SignalAndWait(Patience.Limit))
                throw new TimeoutException($"Not all {workers} workers came within {Patience.Limit}.");
        }

        public void Dispose() => Barrier.Dispose();

        /// <summary>Runs every worker on a thread of its own.</summary>
        public static void Run(int workers, Action<IFeatureGatherer> work)
        {
            using var meeting = new Meeting(workers);
            var failures = new Exception?[workers];
            var threads = Enumerable.Range(0, workers).Select(rank => new Thread(() =>
            {
                try
                {
                    work(new ThreadGatherer(rank, meeting));
                }
                catch (Exception e)
                {
                    failures[rank] = e;
                    meeting.Barrier.RemoveParticipant();
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            if (Array.Find(failures, failure => failure is not null) is { } first)
                throw new AggregateException(first);
        }
    }
}
