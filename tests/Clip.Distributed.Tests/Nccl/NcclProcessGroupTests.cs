using System.Runtime.CompilerServices;
using Clip.Distributed.Nccl;
using Clip.Training.Distributed;
using static TorchSharp.torch;

namespace Clip.Distributed.Tests.Nccl;

/// <summary>The group over NCCL, with a library on the CPU in NCCL's place: what is passed, and what comes of it.</summary>
public sealed class NcclProcessGroupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void UniqueId_Layout_IsThatOfTheHeader()
    {
        byte[] bytes = [.. Enumerable.Range(0, 128).Select(i => (byte)(i * 7))];

        Assert.Equal(128, Unsafe.SizeOf<NcclUniqueId>());
        Assert.Equal(bytes, NcclUniqueId.Of(bytes).ToBytes());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Collectives_Ranks_DoWhatThoseOfThreadsDo(int ranks)
    {
        var nccl = await StubNccl.LoadAsync(_folder);
        Assert.Equal(new Version(2, 27, 3), nccl.Version);
        LocalProcessGroup.Run(ranks, threads =>
        {
            using var group = NcclProcessGroup.Join(nccl, threads, CPU);
            Assert.Equal((threads.Rank, ranks), (group.Rank, group.WorldSize));
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.Int64])
            {
                using var scope = NewDisposeScope();
                var own = (arange(0, 12, ScalarType.Float64) * (1 + group.Rank)).reshape(3, 4).to(type);
                RequireEqual(threads.Gather(own), group.Gather(own));
                var all = (arange(0, 12 * ranks, ScalarType.Float64) - group.Rank).reshape(3 * ranks, 4).to(type);
                RequireEqual(threads.ReduceScatter(all), group.ReduceScatter(all));
                var (expected, sum) = (own.clone(), own.clone());
                Assert.True(threads.AllReduceAsync(expected).IsCompletedSuccessfully);
                Assert.True(group.AllReduceAsync(sum).IsCompletedSuccessfully);
                RequireEqual(expected, sum);
                group.Broadcast(own, root: ranks - 1);
                RequireEqual((arange(0, 12, ScalarType.Float64) * ranks).reshape(3, 4).to(type), own);
                // What does not lie in one piece, and a part behind the beginning of its memory.
                var columns = zeros([4, 3], type).add(group.Rank + 1).t();
                group.AllReduceAsync(columns);
                RequireEqual(full([3, 4], ranks * (ranks + 1) / 2, type), columns);
                var whole = arange(0, 10, ScalarType.Float64).to(type);
                group.AllReduceAsync(whole.narrow(0, 4, 3));
                RequireEqual(tensor(new double[] { 0, 1, 2, 3, 4 * ranks, 5 * ranks, 6 * ranks, 7, 8, 9 }).to(type), whole);
            }
            Assert.Equal(Enumerable.Range(0, ranks).SelectMany(rank => new long[] { rank, long.MinValue + rank }), group.AllGather([group.Rank, long.MinValue + group.Rank]));
            group.Barrier();
        });
    }

    [Fact]
    public async Task Collectives_ThatFail_SayWhatTheLibrarySays()
    {
        var nccl = await StubNccl.LoadAsync(_folder);
        LocalProcessGroup.Run(1, threads =>
        {
            using var group = NcclProcessGroup.Join(nccl, threads, CPU);
            var refused = Assert.Throws<ProcessGroupException>(() => group.AllReduceAsync(zeros(666)).GetAwaiter().GetResult());
            Assert.Equal(
                "ncclAllReduce failed with error 4, made-up text of error 4. the last words of a communicator. The ranks did not call alike, or two of them have one GPU: each needs its own.", refused.Message);
            group.AllReduceAsync(zeros(667));
            var later = Assert.Throws<ProcessGroupException>(() => group.Barrier());
            Assert.StartsWith("A collective of NCCL failed with error 6, made-up text of error 6.", later.Message, StringComparison.Ordinal);
            Assert.Contains("NCCL_SOCKET_IFNAME", later.Message, StringComparison.Ordinal);
            Assert.Contains("float32, float64 and int64", Assert.Throws<ArgumentException>(() => NcclBufferOf(ScalarType.BFloat16)).Message, StringComparison.Ordinal);
        });

        static void NcclBufferOf(ScalarType type) => new NcclBuffer(zeros(1, type), CPU).Dispose();
    }

    [Fact]
    public async Task Members_AfterDispose_Throw()
    {
        var nccl = await StubNccl.LoadAsync(_folder);
        LocalProcessGroup.Run(1, threads =>
        {
            var group = NcclProcessGroup.Join(nccl, threads, CPU);
            group.Dispose();
            group.Dispose();
            Assert.Throws<ObjectDisposedException>(() => group.Barrier());
        });
    }

    [Fact]
    public void Load_NoSuchLibrary_NamesItAndTheRemedy()
    {
        var exception = Assert.Throws<ProcessGroupException>(() => NcclLibrary.Load("libnothing.so.7"));

        Assert.Contains("libnothing.so.7", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CLIP_NCCL", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_AnotherLibrary_SaysSo()
    {
        await CLibrary.CompileAsync(_folder.File("libother.so"), "int other(void) { return 0; }");

        Assert.Contains("is no NCCL 2", Assert.Throws<ProcessGroupException>(() => NcclLibrary.Load(_folder.File("libother.so"))).Message, StringComparison.Ordinal);
    }

    private static void RequireEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal((expected.dtype, string.Join(',', expected.shape)), (actual.dtype, string.Join(',', actual.shape)));
        Assert.True(expected.eq(actual).all().item<bool>(), $"{expected.str()} but {actual.str()}");
    }
}
