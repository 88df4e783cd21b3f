using Clip.Cli.Commands;
using Clip.Runtime;

namespace Clip.Cli.Tests.Commands;

public sealed class SelfTestSummaryTests
{
    [Fact]
    public void Lines_WrongResults_NamesThemAlone()
    {
        var summary = new SelfTestSummary([new("linear 2 x 3 -> 4", 1e-7, 1e-5), new("conv2d 3x3", 0.3, 1e-5), new("conv2d 1x1", double.NaN, 1e-5)], null);

        Assert.False(summary.Passes);
        Assert.Equal(["conv2d 3x3: wrong, error 3.0e-1, of which rounding explains 1e-5", "conv2d 1x1: wrong, error NaN, of which rounding explains 1e-5"], summary.Lines);
    }

    [Fact]
    public void Lines_NothingWrong_SaysHowMuchWasCompared() =>
        Assert.Equal(["2 results agree with float64"], new SelfTestSummary([new("a", 0, 0), new("b", 1e-7, 1e-5)], null).Lines);

    [Fact]
    public void Lines_NotRun_SaysWhy() => Assert.Equal(["why"], new SelfTestSummary([], "why").Lines);
}
