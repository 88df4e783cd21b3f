using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Console;

public sealed class LosableStreamTests
{
    [Fact]
    public async Task Write_AfterFailure_GoesNowhereAndIsToldOnce()
    {
        using var failing = new FailingStream(FailingStream.Full, room: 3);
        var told = new List<IOException>();
        await using var stream = new LosableStream(failing, told.Add);

        await stream.WriteAsync(new byte[3], TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
            await stream.WriteAsync(new byte[2], TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FailingStream.Full, Assert.Single(told));
        Assert.Equal((1, 3), (failing.Failures, failing.Length));
    }
}
