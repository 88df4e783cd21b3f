using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Tests.Float32.Threads;

public sealed class KernelThreadsTests
{
    private readonly KernelThreads _threads = new();

    [Fact]
    public void Run_Barriers_NobodyPassesBeforeAllHaveCome()
    {
        const int Size = 4, Rounds = 200;
        var arrived = new int[Rounds];
        var early = 0;

        _threads.Run(Size, team =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                Interlocked.Increment(ref arrived[round]);
                team.Barrier();
                if (Volatile.Read(ref arrived[round]) != Size)
                    Interlocked.Increment(ref early);
            }
        });

        Assert.Equal(0, early);
    }

    [Fact]
    public void Run_OneThreadFails_OthersDoNotWaitAndTheErrorIsItsOwn()
    {
        for (var failing = 0; failing < 3; failing++)
        {
            var error = Assert.Throws<InvalidDataException>(() => _threads.Run(3, team =>
            {
                if (team.Rank == failing)
                    throw new InvalidDataException($"thread {failing}");
                team.Barrier();
            }));
            Assert.Equal($"thread {failing}", error.Message);
        }

        var ranks = 0;
        _threads.Run(3, team => Interlocked.Add(ref ranks, 1 << team.Rank));
        Assert.Equal(0b111, ranks);
    }

    [Fact]
    public async Task Run_WhileAnotherCallerIsServed_WorksAlone()
    {
        using var inside = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var first = Task.Run(() => _threads.Run(2, team =>
        {
            if (team.Rank == 0)
            {
                inside.Set();
                Assert.True(done.Wait(Patience.Limit));
            }
        }), TestContext.Current.CancellationToken);
        Assert.True(inside.Wait(Patience.Limit));

        var sizes = new List<int>();
        _threads.Run(2, team => sizes.Add(team.Size));
        done.Set();
        await first.WithinLimit();

        Assert.Equal([1], sizes);
    }

    [Fact]
    public void Run_InsideOfARun_WorksAlone()
    {
        var sizes = new int[2];

        _threads.Run(2, team => _threads.Run(2, inner => sizes[team.Rank] = inner.Size));

        Assert.Equal([1, 1], sizes);
    }

    [Fact]
    public void Run_Done_WaitingThreadsKeepNothingOfIt()
    {
        var work = RunWithMemory();

        // A thread says that it has finished a moment before it lets go.
        for (var i = 0; i < 1000 && work.IsAlive; i++)
        {
            Thread.Sleep(1);
            GC.Collect();
        }

        Assert.False(work.IsAlive);
    }

    // On its own, so that no variable of the test keeps it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference RunWithMemory()
    {
        var memory = new int[3];
        _threads.Run(3, team => memory[team.Rank] = 1);
        return new WeakReference(memory);
    }

    [Theory]
    [InlineData(1, 100, 1), InlineData(2, 100, 1), InlineData(3, 7, 2), InlineData(5, 3, 1), InlineData(4, 0, 1), InlineData(2, 50, 1000)]
    public void Chunks_SeveralTimesInARow_CoverEveryPieceOnce(int size, int total, int least)
    {
        const int Times = 200;
        var covered = new int[Times * (total + 1)];
        _threads.Run(size, team =>
        {
            for (var time = 0; time < Times; time++)
            {
                foreach (var chunk in team.Chunks(total, least))
                {
                    for (var piece = chunk.First; piece < chunk.End; piece++)
                        Interlocked.Increment(ref covered[time * (total + 1) + piece]);
                }
                if (time % 3 == 0)
                    team.Barrier();
            }
        });
        Assert.All(covered.Chunk(total + 1), time => Assert.All(time[..total], count => Assert.Equal(1, count)));
    }

    [Fact]
    [Trait("Category", "Timing")]
    public void Chunks_OneThreadIsHeldUp_TheOthersTakeItsWork()
    {
        var taken = new nint[2];
        _threads.Run(2, team =>
        {
            foreach (var chunk in team.Chunks(1000, least: 1))
            {
                if (team.Rank == 1)
                    SpinWait.SpinUntil(() => Volatile.Read(ref taken[0]) >= 700, Patience.Limit);
                Volatile.Write(ref taken[team.Rank], taken[team.Rank] + chunk.Count);
            }
        });
        Assert.Equal(1000, taken.Sum(count => (long)count));
        Assert.InRange(taken[0], 700, 1000);
    }

    [Theory]
    [InlineData(1, 1000, 48), InlineData(4, 50, 48), InlineData(8, 3, 2), InlineData(7, 5000, 3), InlineData(16, 1, 1)]
    public void Cut_AnyProduct_GivesEveryThreadWorkWhereThereIsEnough(int threads, int rows, int columns)
    {
        var (rowGroups, columnGroups) = WorkGrid.Cut(rows, columns, threads, enoughRows: 60);
        Assert.InRange(rowGroups, 1, rows);
        Assert.InRange(columnGroups, 1, columns);
        Assert.InRange(rowGroups * columnGroups, Math.Min(threads, rows * columns), long.MaxValue);
    }
}
