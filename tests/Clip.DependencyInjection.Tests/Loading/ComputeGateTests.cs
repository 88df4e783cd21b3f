namespace Clip.DependencyInjection.Tests.Loading;

public sealed class ComputeGateTests
{
    [Fact]
    public async Task RunAsync_MoreCallsThanSlots_NeverMoreAtOnce()
    {
        var gate = new ComputeGate(2);
        var (now, most) = (0, 0);
        var bothInside = new CountdownEvent(2);

        var calls = Enumerable.Range(0, 16).Select(index => gate.RunAsync(
            () =>
            {
                var inside = Interlocked.Increment(ref now);
                InterlockedMax(ref most, inside);
                // The first two wait for each other, so that there are two at once.
                if (index < 2)
                {
                    bothInside.Signal();
                    Assert.True(bothInside.Wait(Patience.Limit));
                }
                Interlocked.Decrement(ref now);
                return index;
            },
            CancellationToken.None)).ToArray();

        Assert.Equal(Enumerable.Range(0, 16), await Task.WhenAll(calls));
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaiting_RunsNothing()
    {
        var gate = new ComputeGate(1);
        using var release = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var first = gate.RunAsync(() => release.Wait(Patience.Limit) ? 1 : 0, CancellationToken.None);

        var second = gate.RunAsync<int>(() => throw new InvalidOperationException("It ran."), cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        release.Set();
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task CloseAsync_WhileComputing_WaitsAndRefusesTheRest()
    {
        var gate = new ComputeGate(1);
        using var release = new ManualResetEventSlim();
        var first = gate.RunAsync(() => release.Wait(Patience.Limit) ? 1 : 0, CancellationToken.None);
        var second = gate.RunAsync(() => 2, CancellationToken.None);

        var closing = gate.CloseAsync();
        Assert.False(closing.IsCompleted);
        release.Set();
        await closing;

        Assert.Equal(1, await first);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gate.RunAsync(() => 3, CancellationToken.None));
        await gate.CloseAsync();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
