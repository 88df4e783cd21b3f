using System.Runtime.CompilerServices;
using Clip.Embedding;
using Clip.Preprocessing;

namespace Clip.Tests;

/// <summary>Models and threads that nobody has disposed.</summary>
public sealed class CollectionTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Theory]
    [InlineData("nothing")]
    [InlineData("embedding")]
    [InlineData("failing")]
    [InlineData("network")]
    [InlineData("left enumeration")]
    [InlineData("plain weights")]
    public async Task Load_NotDisposed_IsCollectedAndItsThreadEnds(string use)
    {
        const int Models = 3;
        var (models, threads) = (new List<WeakReference>(), new List<Thread>());
        for (var i = 0; i < Models; i++)
            models.Add(Use(use, threads));

        foreach (var model in models)
            await Unreachable.CollectAsync(model);

        Assert.Equal(Models, threads.Distinct().Count());
        await Unreachable.UntilAsync(() => threads.TrueForAll(thread => !thread.IsAlive));
    }

    [Fact]
    public async Task Load_NotDisposedInsideOfAnExecutionContext_LeavesItsValues()
    {
        var value = LoadWith(new AsyncLocal<object>());

        await Unreachable.CollectAsync(value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task NetworkThread_NotDisposed_EndsAfterItsPasses(int depth)
    {
        using var first = new ManualResetEventSlim();
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, bool>();
        var rows = Start(depth, first, threads);

        // The collector comes while the first pass runs and the second one waits.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        first.Set();

        Assert.Equal(2, (await Task.WhenAll(rows).WithinLimit()).Length);
        Assert.Equal(1 + depth, threads.Count);
        await Unreachable.UntilAsync(() => threads.Keys.All(thread => !thread.IsAlive));
    }

    [Fact]
    public async Task EmbedImages_ModelThatNobodyKeeps_ComputesToTheEnd()
    {
        var expected = tiny.Clip.EmbedImages(Images());
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });

        for (var round = 0; round < 3; round++)
        {
            var rows = await Task.Run(() => ClipModel.Load(tiny.Folder).EmbedImages(Images()));
            Assert.All(expected.Zip(rows), pair => Assert.Equal(pair.First, pair.Second, (one, other) => Math.Abs(one - other) < 1e-5f));
        }
        stop.Cancel();
        await collector.WithinLimit();

        static IEnumerable<ImageSource> Images() => Enumerable.Range(0, 40).Select(i => (ImageSource)TestImages.Noise(i));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Use(string use, List<Thread> threads)
    {
        var clip = ClipModel.Load(tiny.Folder, new ClipModelOptions { KeepPlainWeights = use == "plain weights" });
        clip.ComputeAsync(network =>
        {
            threads.Add(Thread.CurrentThread);
            return zeros(1, 1);
        }).GetAwaiter().GetResult();
        switch (use)
        {
            case "embedding" or "plain weights":
                clip.EmbedImages([TestImages.Noise(1), TestImages.Noise(2)]);
                clip.EmbedTexts(["a cat", "a dog"]);
                break;
            case "failing":
                Assert.Throws<IOException>(() => clip.ComputeAsync(network => throw new IOException(network.Config.ToString())).GetAwaiter().GetResult());
                break;
            case "network":
                using (var pixels = zeros(1, 3, TinyClip.Resolution, TinyClip.Resolution))
                    clip.Network.EncodeImages(pixels).Dispose();
                break;
            case "left enumeration":
                var results = clip.EmbedImagesAsync(Enumerable.Range(0, 100).Select(i => (ImageSource)TestImages.Noise(i))).GetAsyncEnumerator();
                Assert.True(results.MoveNextAsync().AsTask().GetAwaiter().GetResult());
                break;
        }
        return new WeakReference(clip);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference LoadWith(AsyncLocal<object> local)
    {
        var value = new object();
        ExecutionContext.Run(ExecutionContext.Capture()!, _ =>
        {
            local.Value = value;
            tiny.Clip.EmbedImages([TestImages.Noise(1)]);
            new NetworkThread(depth: 1).RunAsync(() => zeros(1, 1)).GetAwaiter().GetResult();
        }, null);
        return new WeakReference(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<float[][]>[] Start(int depth, ManualResetEventSlim first, System.Collections.Concurrent.ConcurrentDictionary<Thread, bool> threads)
    {
        var thread = new NetworkThread(depth, rows =>
        {
            threads[Thread.CurrentThread] = true;
            return EmbeddingRows.Read(rows);
        });
        return [thread.RunAsync(() => Pass(first)), thread.RunAsync(() => Pass(first))];

        Tensor Pass(ManualResetEventSlim begin)
        {
            Assert.True(begin.Wait(Patience.Limit));
            threads[Thread.CurrentThread] = true;
            return zeros(1, 1);
        }
    }
}
