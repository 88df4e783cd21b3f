using Clip.Losses.Distributed;

namespace Clip.Losses.Tests.Distributed;

/// <summary>WorldSize that are threads of one process.</summary>
internal sealed class ThreadGatherer(int rank, ThreadGatherer.Meeting meeting) : IFeatureGatherer
{
    public int Rank => rank;

    public int WorldSize => meeting.Places.Length;

    public Tensor Gather(Tensor rows) => Exchange(rows, all => cat(all));

    public Tensor ReduceScatter(Tensor gradients) => Exchange(gradients, all =>
    {
        using var scope = NewDisposeScope();
        var rows = gradients.shape[0] / WorldSize;
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

    /// <summary>Where the ranks meet.</summary>
    internal sealed class Meeting(int ranks) : IDisposable
    {
        public Tensor[] Places { get; } = new Tensor[ranks];

        public Barrier Barrier { get; } = new(ranks);

        public void WaitForAll()
        {
            if (!Barrier.SignalAndWait(Patience.Limit))
                throw new TimeoutException($"Not all {ranks} ranks came within {Patience.Limit}.");
        }

        public void Dispose() => Barrier.Dispose();

        /// <summary>Runs every rank on a thread of its own.</summary>
        public static void Run(int ranks, Action<IFeatureGatherer> work)
        {
            using var meeting = new Meeting(ranks);
            var failures = new Exception?[ranks];
            var threads = Enumerable.Range(0, ranks).Select(rank => new Thread(() =>
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
