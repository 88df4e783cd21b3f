using Clip.Fuzz.Campaigns;
using Clip.Fuzz.Targets;
using Clip.Fuzz.Trials;

namespace Clip.Fuzz.Tests;

/// <summary>What a campaign exists to find, it finds.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("exception", "exception", "FormatException")]
    [InlineData("derived", "exception", "FileNotFoundException")]
    [InlineData("value", "value", "Not finite")]
    [InlineData("leftover", "leftover", "left.tmp")]
    [InlineData("allocation", "memory", "allocated")]
    [InlineData("old-memory", "value", "depends on what was in memory before")]
    public void Run_Fault_IsFound(string fault, string kind, string problem)
    {
        using var room = new TrialRoom(TargetList.Get($"faulty-{fault}"));

        var finding = room.Run("seed", [1, 2, 3]).Finding;

        Assert.Equal(kind, finding?.Kind);
        Assert.Contains(problem, finding!.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("hang")]
    public async Task RunAsync_ProcessThatDoesNotGetThrough_IsFoundAndTheNextInputFollows(string fault)
    {
        var limits = fault == "hang" ? new TimeLimits(Patience.Limit, TimeSpan.FromSeconds(2)) : new TimeLimits(Patience.Limit, Patience.Limit);
        var outcomes = new List<(long Number, Outcome Outcome)>();

        var next = await WorkerProcess.RunAsync(TargetList.Get($"faulty-{fault}"), seed: 1, first: 5, end: 9, limits, (number, outcome) => outcomes.Add((number, outcome))).WithinLimit();

        Assert.Equal(6, next);
        Assert.Equal((5, fault), Assert.Single(outcomes) is var (number, outcome) ? (number, outcome.Finding?.Kind) : default);
    }

    [Fact]
    public async Task RunAsync_ProcessThatGetsThrough_ReportsEveryInput()
    {
        var outcomes = new List<long>();

        var next = await WorkerProcess.RunAsync(
            TargetList.Get("tool-settings"), seed: 1, first: 5, end: 9, new TimeLimits(Patience.Limit, Patience.Limit), (number, _) => outcomes.Add(number)).WithinLimit();

        Assert.Equal(9, next);
        Assert.Equal([5, 6, 7, 8], outcomes);
    }
}
