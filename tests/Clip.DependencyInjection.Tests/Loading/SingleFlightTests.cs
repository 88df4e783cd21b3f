namespace Clip.DependencyInjection.Tests.Loading;

public sealed class SingleFlightTests
{
    private int _made;

    [Fact]
    public async Task GetAsync_64Callers_MakesOnce()
    {
        var gate = new TaskCompletionSource();
        await using var flight = new SingleFlight<Value>(async _ =>
        {
            await gate.Task;
            return Make();
        });

        var callers = Enumerable.Range(0, 64).Select(_ => Task.Run(() => flight.GetAsync(CancellationToken.None))).ToArray();
        Assert.Equal(LoadState.Loading, await UntilAsync(() => flight.State, LoadState.Loading));
        gate.SetResult();
        var values = await Task.WhenAll(callers);

        Assert.Equal(1, _made);
        Assert.Single(values.Distinct());
        Assert.Equal(LoadState.Loaded, flight.State);
    }

    [Fact]
    public async Task GetAsync_OneCallerCancels_TheOthersGetTheValue()
    {
        var gate = new TaskCompletionSource();
        var seen = CancellationToken.None;
        await using var flight = new SingleFlight<Value>(async token =>
        {
            seen = token;
            await gate.Task;
            return Make();
        });
        using var impatience = new CancellationTokenSource();

        var impatient = flight.GetAsync(impatience.Token);
        var patient = flight.GetAsync(CancellationToken.None);
        await impatience.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal(impatience.Token, error.CancellationToken);
        Assert.False(patient.IsCompleted);
        gate.SetResult();

        Assert.NotNull(await patient);
        Assert.False(seen.IsCancellationRequested);
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task GetAsync_AllCallersCancel_TheNextFindsTheValue()
    {
        var gate = new TaskCompletionSource();
        await using var flight = new SingleFlight<Value>(async _ =>
        {
            await gate.Task;
            return Make();
        });
        using var impatience = new CancellationTokenSource();

        var impatient = flight.GetAsync(impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult();

        Assert.NotNull(await flight.GetAsync(CancellationToken.None));
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task GetAsync_CancelledToken_MakesNothing()
    {
        await using var flight = new SingleFlight<Value>(_ => Task.FromResult(Make()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flight.GetAsync(new CancellationToken(canceled: true)));

        Assert.Equal(0, _made);
        Assert.Equal(LoadState.NotLoaded, flight.State);
    }

    [Fact]
    public async Task GetAsync_AfterFailure_TriesAgain()
    {
        var attempts = 0;
        await using var flight = new SingleFlight<Value>(_ => ++attempts == 1 ? throw new IOException("first") : Task.FromResult(Make()));

        await Assert.ThrowsAsync<IOException>(() => flight.GetAsync(CancellationToken.None));
        Assert.Equal(LoadState.Failed, flight.State);

        Assert.NotNull(await flight.GetAsync(CancellationToken.None));
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task GetAsync_Failure_ReachesEveryWaiter()
    {
        var gate = new TaskCompletionSource();
        await using var flight = new SingleFlight<Value>(async _ =>
        {
            await gate.Task;
            throw new IOException("broken");
        });

        var callers = Enumerable.Range(0, 8).Select(_ => flight.GetAsync(CancellationToken.None)).ToArray();
        gate.SetResult();

        foreach (var caller in callers)
            Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => caller)).Message);
        Assert.Equal(LoadState.Failed, flight.State);
        Assert.False(flight.TryGet(out _));
    }

    [Fact]
    public async Task GetHere_WhileOthersMake_DoesNotWait()
    {
        var gate = new TaskCompletionSource();
        await using var flight = new SingleFlight<Value>(async _ =>
        {
            await gate.Task;
            return Make();
        });
        var waiting = flight.GetAsync(CancellationToken.None);

        Assert.Throws<InvalidOperationException>(() => flight.GetHere(Make, () => new InvalidOperationException()));
        gate.SetResult();
        var value = await waiting;

        Assert.Same(value, flight.GetHere(Make, () => new InvalidOperationException()));
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task GetHere_WhileItMakes_OthersWaitForIt()
    {
        await using var flight = new SingleFlight<Value>(_ => throw new InvalidOperationException("It is being made already."));
        Task<Value>? waiting = null;

        var value = flight.GetHere(
            () =>
            {
                waiting = flight.GetAsync(CancellationToken.None);
                Assert.False(waiting.IsCompleted);
                return Make();
            },
            () => new InvalidOperationException());

        Assert.Same(value, await waiting!);
    }

    [Fact]
    public async Task GetHere_Failure_LeavesRoomForTheNext()
    {
        await using var flight = new SingleFlight<Value>(_ => Task.FromResult(Make()));

        Assert.Throws<IOException>(() => flight.GetHere(() => throw new IOException(), () => new InvalidOperationException()));

        Assert.NotNull(await flight.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task DisposeAsync_WhileMaking_CancelsAndWaits()
    {
        var finished = false;
        var flight = new SingleFlight<Value>(async token =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, token));
            await Task.Yield();
            finished = true;
            throw new OperationCanceledException(token);
        });
        var waiting = flight.GetAsync(CancellationToken.None);

        await flight.DisposeAsync();

        Assert.True(finished);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => flight.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task DisposeAsync_ValueArrivesAfterwards_IsDisposedToo()
    {
        var gate = new TaskCompletionSource();
        Value? late = null;
        var flight = new SingleFlight<Value>(async _ =>
        {
            await gate.Task;
            return late = Make();
        });
        var waiting = flight.GetAsync(CancellationToken.None);

        var disposal = flight.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        gate.SetResult();
        await disposal;

        Assert.Equal(1, late!.Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    [Fact]
    public async Task Dispose_Twice_DisposesTheValueOnce()
    {
        var flight = new SingleFlight<Value>(_ => Task.FromResult(Make()));
        var value = await flight.GetAsync(CancellationToken.None);

        flight.Dispose();
        flight.Dispose();
        await flight.DisposeAsync();

        Assert.Equal(1, value.Disposals);
        Assert.False(flight.TryGet(out _));
    }

    [Fact]
    public async Task GetHere_DisposedMeanwhile_GivesNoValueThatIsBeingDisposed()
    {
        var flight = new SingleFlight<Value>(_ => Task.FromResult(Make()));
        Value? made = null;

        Assert.Throws<ObjectDisposedException>(() => flight.GetHere(
            () =>
            {
                flight.Dispose();
                return made = Make();
            },
            () => new InvalidOperationException()));

        await flight.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1, made!.Disposals);
    }

    [Fact]
    public async Task DisposeAsync_CancellationThatThrows_StillEndsAndDisposesTheValue()
    {
        var flight = new SingleFlight<Value>(token =>
        {
            token.Register(() => throw new IOException("told of the end"));
            return Task.FromResult(Make());
        });
        var value = await flight.GetAsync(CancellationToken.None);

        var first = Record(() => flight.DisposeAsync().AsTask());
        var second = Record(() => flight.DisposeAsync().AsTask());

        foreach (var error in (Exception?[])[await first, await second])
            Assert.Equal("told of the end", Assert.IsType<AggregateException>(error).InnerException!.Message);
        Assert.Equal(1, value.Disposals);

        static async Task<Exception?> Record(Func<Task> end) =>
            await Xunit.Record.ExceptionAsync(() => end().WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task DisposeAsync_PreparationThatThrows_StillDisposesTheValue()
    {
        var flight = new SingleFlight<Value>(_ => Task.FromResult(Make()), () => throw new IOException());
        var value = await flight.GetAsync(CancellationToken.None);

        await Assert.ThrowsAsync<IOException>(() => flight.DisposeAsync().AsTask());

        Assert.Equal(1, value.Disposals);
    }

    private static async Task<LoadState> UntilAsync(Func<LoadState> state, LoadState expected)
    {
        await Patience.UntilAsync(() => state() == expected);
        return state();
    }

    private Value Make()
    {
        Interlocked.Increment(ref _made);
        return new Value();
    }

    private sealed class Value : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
