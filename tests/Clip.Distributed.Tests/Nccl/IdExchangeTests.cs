using System.Text.Json;
using Clip.Distributed.Nccl;
using Clip.Training.Distributed;

namespace Clip.Distributed.Tests.Nccl;

/// <summary>How ranks find each other by files.</summary>
public sealed class IdExchangeTests : IDisposable
{
    private static readonly byte[] Id = [.. Enumerable.Range(0, 128).Select(i => (byte)i)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Exchange_Ranks_HaveTheIdOfTheFirst(int ranks)
    {
        var all = await ExchangeAsync(ranks, Id);

        Assert.All(all, id => Assert.Equal(Id, id));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("nccl")));
    }

    // Of a job that was killed in each phase, and things that are nobody's.
    [Fact]
    public async Task Exchange_FilesOfAnEarlierJob_AreNotTaken()
    {
        Directory.CreateDirectory(_folder.File("nccl"));
        string[] old = ["aa", "bb"];
        File.WriteAllText(_folder.File("nccl/rank-1"), old[0]);
        File.WriteAllText(_folder.File("nccl/rank-2"), old[1]);
        File.WriteAllText(_folder.File("nccl/rank-9"), "of a larger job");
        File.WriteAllBytes(_folder.File("nccl/id.json"), JsonSerializer.SerializeToUtf8Bytes(new GivenId(new byte[128], old), GivenIdJson.Default.GivenId));
        Directory.CreateDirectory(_folder.File("nccl/folder"));

        Assert.All(await ExchangeAsync(3, Id), id => Assert.Equal(Id, id));
    }

    // The first rank has answered the numbers of an earlier job before the others begin.
    [Fact]
    public async Task Exchange_RanksThatComeLate_AreAnsweredAnew()
    {
        Directory.CreateDirectory(_folder.File("nccl"));
        File.WriteAllText(_folder.File("nccl/rank-1"), "old");
        var first = Task.Run(() => Of(0, 2, Patience.Limit).Exchange(() => Id));
        await Patience.UntilAsync(() => File.Exists(_folder.File("nccl/id.json")));

        var second = await Task.Run(() => Of(1, 2, Patience.Limit).Exchange(() => throw new InvalidOperationException()));

        Assert.Equal(Id, second);
        Assert.Equal(Id, await first);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"Id\": \"AAAA\", \"Numbers\": []}")]
    [InlineData("{\"Id\": null, \"Numbers\": null}")]
    public void Exchange_DamagedAnswer_IsWaitedOver(string content)
    {
        Directory.CreateDirectory(_folder.File("nccl"));
        File.WriteAllText(_folder.File("nccl/id.json"), content);

        var error = Assert.Throws<ProcessGroupException>(() => Of(1, 2, TimeSpan.FromMilliseconds(200)).Exchange(() => Id));

        Assert.Contains("waited 0 s for rank 0", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("nccl/rank-1")));
    }

    [Fact]
    public void Exchange_RanksThatDoNotCome_AreNamed()
    {
        var error = Assert.Throws<ProcessGroupException>(() => Of(0, 3, TimeSpan.FromMilliseconds(100)).Exchange(() => Id));

        Assert.Contains("for ranks 1, 2 in", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
    }

    private async Task<byte[][]> ExchangeAsync(int ranks, byte[] id) =>
        await Task.WhenAll(Enumerable.Range(0, ranks).Select(rank => Task.Factory.StartNew(
            () => Of(rank, ranks, Patience.Limit).Exchange(() => rank == 0 ? id : throw new InvalidOperationException()), TaskCreationOptions.LongRunning)));

    private IdExchange Of(int rank, int ranks, TimeSpan patience) => new(_folder.Path, rank, ranks, patience);
}
