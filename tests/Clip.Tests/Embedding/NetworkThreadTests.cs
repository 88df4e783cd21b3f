using System.Collections.Concurrent;
using Clip.Embedding;

namespace Clip.Tests;

public sealed class NetworkThreadTests
{
    [Theory, NoTensorLeaks]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_ManyPasses_GivesTheirRowsInOrder(int depth)
    {
        using var thread = new NetworkThread(depth);
        var read = new ConcurrentQueue<int>();

        var passes = Enumerable.Range(0, 50).Select(async i =>
        {
            var rows = await thread.RunAsync(() => full([1, 2], i, ScalarType.Float32));
            Assert.Equal([i, i], Assert.Single(rows));
            read.Enqueue(i);
        });

        await Task.WhenAll(passes);
        Assert.Equal(50, read.Count);
    }

    [Fact]
    [Trait("Category", "Timing")]
    public async Task RunAsync_DepthOne_QueuesOnePassBehindUnreadResults()
    {
        using var reading = new SemaphoreSlim(0);
        using var started = new BlockingCollection<int>();
        using var thread = new NetworkThread(depth: 1, rows =>
        {
            Assert.True(reading.Wait(Patience.Limit));
            return EmbeddingRows.Read(rows);
        });
        var passes = Enumerable.Range(0, 4).Select(i => thread.RunAsync(() =>
        {
            started.Add(i);
            return ones(1, 1) * i;
        })).ToArray();

        // Nothing has been read: the first pass and the one behind it have run, and no third.
        Assert.Equal(0, Take(started));
        Assert.Equal(1, Take(started));
        Assert.False(started.TryTake(out _, TimeSpan.FromMilliseconds(50)));

        reading.Release();
        Assert.Equal(2, Take(started));
        Assert.False(started.TryTake(out _, TimeSpan.FromMilliseconds(50)));
        Assert.Equal(0, (await passes[0])[0][0]);
        Assert.False(passes[1].IsCompleted);

        reading.Release(3);
        await Task.WhenAll(passes);
    }

    [Theory, NoTensorLeaks]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RunAsync_PassOrReadingFails_TheOthersSucceed(int depth)
    {
        using var thread = new NetworkThread(depth, rows => rows.shape[1] == 3 ? throw new IOException("read") : EmbeddingRows.Read(rows));

        var passes = Enumerable.Range(1, 12).Select(i => thread.RunAsync(() => i % 4 == 0 ? throw new IOException("pass") : zeros(1, i % 4))).ToArray();

        for (var i = 1; i <= passes.Length; i++)
        {
            if (i % 4 == 0)
                Assert.Equal("pass", (await Assert.ThrowsAsync<IOException>(() => passes[i - 1])).Message);
            else if (i % 4 == 3)
                Assert.Equal("read", (await Assert.ThrowsAsync<IOException>(() => passes[i - 1])).Message);
            else
                Assert.Equal(i % 4, (await passes[i - 1])[0].Length);
        }
    }

    [Theory, NoTensorLeaks]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Dispose_PassesWaiting_EndsAfterThem(int depth)
    {
        var thread = new NetworkThread(depth, rows =>
        {
            Thread.Sleep(2);
            return EmbeddingRows.Read(rows);
        });
        var passes = Enumerable.Range(0, 10).Select(_ => thread.RunAsync(() => zeros(1, 1))).ToArray();

        thread.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.RunAsync(() => zeros(1, 1)));
        Assert.Equal(10, (await Task.WhenAll(passes)).Length);
    }

    private static int Take(BlockingCollection<int> items)
    {
        Assert.True(items.TryTake(out var item, Patience.Limit));
        return item;
    }
}
