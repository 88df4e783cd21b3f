namespace Clip.Tests;

public sealed class OnceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Get_SecondCallerCancels_DoesNotWaitForTheFirst()
    {
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var once = new Once<string>(_ =>
        {
            entered.SetResult();
            gate.Task.Wait(Limit);
            return "computed";
        });
        var first = Task.Run(() => once.Get(CancellationToken.None));
        await entered.Task.WaitAsync(Limit);
        using var impatience = new CancellationTokenSource();
        var second = Task.Run(() => once.Get(impatience.Token));

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Limit));
        Assert.False(first.IsCompleted);
        gate.SetResult();
        Assert.Equal("computed", await first.WaitAsync(Limit));
    }

    [Fact]
    public void Get_AfterAFailure_TriesAgainAndKeepsTheValue()
    {
        var calls = 0;
        var once = new Once<string>(_ => ++calls == 1 ? throw new IOException() : $"{calls}");

        Assert.Throws<IOException>(() => once.Get(CancellationToken.None));

        Assert.Equal("2", once.Get(CancellationToken.None));
        Assert.Equal("2", once.Get(new CancellationToken(canceled: true)));
    }
}
