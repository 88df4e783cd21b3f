namespace Clip.Cli.Tests.Console;

public sealed class InterruptionTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly List<int> _ended = [];

    [Fact]
    public async Task Request_First_CancelsAndSecondEnds()
    {
        using var interruption = new Interruption(_ended.Add, Long);

        interruption.Request();
        await Patience.UntilAsync(() => interruption.Token.IsCancellationRequested);
        Assert.Empty(_ended);
        interruption.Request();

        Assert.Equal([ExitCodes.Cancelled], _ended);
    }

    [Fact]
    public async Task Request_CommandThatDoesNotEnd_EndsWhenPatienceDoes()
    {
        using var interruption = new Interruption(_ended.Add, TimeSpan.Zero);

        interruption.Request(ExitCodes.OutputClosed);

        await Patience.UntilAsync(() => _ended.Count > 0);
        Assert.Equal([ExitCodes.OutputClosed], _ended);
    }

    [Fact]
    public async Task Request_CallbackThatNeverReturns_EndsAllTheSame()
    {
        using var interruption = new Interruption(_ended.Add, TimeSpan.Zero);
        using var never = new ManualResetEventSlim();
        using var registration = interruption.Token.UnsafeRegister(_ => never.Wait(), null);

        interruption.Request();

        await Patience.UntilAsync(() => _ended.Count > 0);
        never.Set();
    }

    [Fact]
    public async Task Extend_WhileItLives_PatienceIsLonger()
    {
        using var interruption = new Interruption(_ended.Add, TimeSpan.Zero);

        using (interruption.Extend(Long))
        {
            interruption.Request();
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
            Assert.Empty(_ended);
        }

        await Patience.UntilAsync(() => _ended.Count > 0);
    }
}
