using Clip.Training.Distributed;

namespace Clip.Training.Tests.Distributed;

public sealed class LocalProcessGroupTests
{
    [Fact]
    public void Exchanges_ThreeRanks_GiveWhatTheInterfaceSays() => LocalProcessGroup.Run(3, group =>
    {
        using var scope = NewDisposeScope();
        var own = tensor([1f + group.Rank, 10f]);

        Assert.Equal([1f, 10f, 2f, 10f, 3f, 10f], group.Gather(own.view(1, 2)).data<float>().ToArray());
        Assert.Equal([(3f * group.Rank) + 3], group.ReduceScatter((arange(3) + group.Rank).to(ScalarType.Float32).view(3, 1)).data<float>().ToArray());
        Assert.Equal([0, 5, 1, 5, 2, 5], group.AllGather([group.Rank, 5]));

        group.AllReduceAsync(own).GetAwaiter().GetResult();
        Assert.Equal([6f, 30f], own.data<float>().ToArray());

        var root = tensor([(double)group.Rank]);
        group.Broadcast(root, 2);
        Assert.Equal([2d], root.data<double>().ToArray());
        group.Barrier();
    });

    [Fact]
    public void Run_OneRankFails_EndsTheOthersAndSaysWhy()
    {
        var failure = Assert.Throws<AggregateException>(() => LocalProcessGroup.Run(3, group =>
        {
            if (group.Rank == 1)
                throw new InvalidOperationException("out of luck");
            group.Barrier();
        }));

        Assert.Equal("out of luck", failure.InnerExceptions[0].Message);
        Assert.All(failure.InnerExceptions.Skip(1), other => Assert.Contains("rank 1 failed: out of luck", Assert.IsType<ProcessGroupException>(other).Message));
    }
}
