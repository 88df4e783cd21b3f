using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class ImageMemoryBudgetTests
{
    [Fact]
    public void Take_RoomLeft_DoesNotWait()
    {
        var budget = new ImageMemoryBudget(100);

        using (budget.Take(60, CancellationToken.None))
        using (budget.Take(40, CancellationToken.None))
            Assert.Equal(100, budget.BytesInUse);

        Assert.Equal(0, budget.BytesInUse);
    }

    // What is small and comes later would fit at once, again and again, and the large one would wait for ever.
    [Fact]
    public async Task Take_SmallBehindLarge_DoesNotOvertake()
    {
        var budget = new ImageMemoryBudget(100);
        var first = budget.Take(50, CancellationToken.None);
        var second = budget.Take(20, CancellationToken.None);
        var large = Start(budget, 80, waiting: 1);
        var small = Start(budget, 10, waiting: 2);

        second.Dispose();
        Assert.Equal((2, 50), (budget.Waiting, budget.BytesInUse));

        first.Dispose();
        using (await large)
        using (await small)
            Assert.Equal((0, 90), (budget.Waiting, budget.BytesInUse));
        Assert.Equal(0, budget.BytesInUse);
    }

    [Fact]
    public async Task Take_CancelledWhileWaiting_LetsTheNextOneIn()
    {
        var budget = new ImageMemoryBudget(100);
        using var held = budget.Take(50, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var large = Start(budget, 80, waiting: 1, cancellation.Token);
        var small = Start(budget, 10, waiting: 2);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using (await small)
            Assert.Equal((0, 60), (budget.Waiting, budget.BytesInUse));
    }

    [Fact]
    public void Take_ManyThreads_StayWithinTheBudgetAndReturnAll()
    {
        var budget = new ImageMemoryBudget(1000);
        var inUse = 0L;
        var most = 0L;

        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            using var cancellation = new CancellationTokenSource(i % 5 == 0 ? TimeSpan.FromMicroseconds(i % 50) : Timeout.InfiniteTimeSpan);
            var bytes = i % 97 == 0 ? 1000 : 1 + i * 7 % 400;
            try
            {
                using var share = budget.Take(bytes, cancellation.Token);
                InterlockedMax(ref most, Interlocked.Add(ref inUse, bytes));
                Thread.SpinWait(100);
                Interlocked.Add(ref inUse, -bytes);
            }
            catch (OperationCanceledException)
            {
            }
        });

        Assert.InRange(most, 1, 1000);
        Assert.Equal((0, 0), (budget.Waiting, budget.BytesInUse));
    }

    [Fact]
    public void Default_AnyMachine_LetsAnyImageWithinTheDefaultLimitsIn() =>
        Assert.True(ImageMemoryBudget.Default.Bytes >= ImageLimits.Default.MaxMemory);

    [Fact]
    public async Task Preprocess_BudgetInUse_WaitsAndCanBeCancelled()
    {
        var budget = new ImageMemoryBudget(32 << 20);
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(32), new() { Budget = budget });
        var encoded = TestImages.Jpeg(300, 200);
        var pixels = new float[preprocessor.Length];
        using var cancellation = new CancellationTokenSource();
        using (budget.Take(budget.Bytes, CancellationToken.None))
        {
            var waiting = Task.Run(() => preprocessor.Preprocess(encoded, pixels, cancellationToken: cancellation.Token), CancellationToken.None);
            WaitFor(() => budget.Waiting == 1);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        preprocessor.Preprocess(encoded, pixels);

        Assert.Contains(pixels, value => value != 0);
        Assert.Equal(0, budget.BytesInUse);
    }

    private static Task<ImageMemoryBudget.Share> Start(
        ImageMemoryBudget budget, long bytes, int waiting, CancellationToken cancellationToken = default)
    {
        var task = Task.Factory.StartNew(
            () => budget.Take(bytes, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitFor(() => budget.Waiting == waiting);
        return task;
    }

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(1)));

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
