using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Tests.Kernels;

public sealed class WorkerTeamTests
{
    private readonly WorkerTeam _team = new();

    [Fact]
    public void Run_Barriers_NobodyPassesBeforeAllHaveCome()
    {
        const int Size = 4, Rounds = 200;
        var arrived = new int[Rounds];
        var early = 0;

        _team.Run(Size, crew =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                Interlocked.Increment(ref arrived[round]);
                crew.Barrier();
                if (Volatile.Read(ref arrived[round]) != Size)
                    Interlocked.Increment(ref early);
            }
        });

        Assert.Equal(0, early);
    }

    [Fact]
    public void Run_OneWorkerFails_OthersDoNotWaitAndTheErrorIsItsOwn()
    {
        for (var failing = 0; failing < 3; failing++)
        {
            var error = Assert.Throws<InvalidDataException>(() => _team.Run(3, crew =>
            {
                if (crew.Rank == failing)
                    throw new InvalidDataException();
                crew.Barrier();
            }));
            Assert.NotNull(error);
        }

        var ranks = 0;
        _team.Run(3, crew => Interlocked.Add(ref ranks, 1 << crew.Rank));
        Assert.Equal(0b111, ranks);
    }

    [Fact]
    public async Task Run_WhileAnotherCallerIsServed_WorksAlone()
    {
        using var inside = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var first = Task.Run(() => _team.Run(2, crew =>
        {
            if (crew.Rank == 0)
            {
                inside.Set();
                done.Wait(TestContext.Current.CancellationToken);
            }
        }), TestContext.Current.CancellationToken);
        inside.Wait(TestContext.Current.CancellationToken);

        var sizes = new List<int>();
        _team.Run(2, crew => sizes.Add(crew.Size));
        done.Set();
        await first;

        Assert.Equal([1], sizes);
    }

    [Theory]
    [InlineData(1, 1000, 48), InlineData(4, 50, 48), InlineData(8, 3, 2), InlineData(7, 5000, 3), InlineData(16, 1, 1)]
    public void WorkGrid_AllWorkers_CoverEveryPieceOnce(int size, int rows, int columns)
    {
        var covered = new int[rows, columns];
        foreach (var crew in Crew.Create(size))
        {
            var grid = WorkGrid.Of(crew, rows, columns, enoughRows: 60);
            for (var row = grid.Rows.First; row < grid.Rows.End; row++)
            {
                for (var column = grid.Columns.First; column < grid.Columns.End; column++)
                    covered[row, column]++;
            }
        }
        Assert.All(covered.Cast<int>(), times => Assert.Equal(1, times));
    }
}
