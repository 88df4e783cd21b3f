using Clip.Fuzz.Targets;
using Clip.Fuzz.Trials;

namespace Clip.Fuzz.Tests;

/// <summary>A short campaign of every target in this process: whatever is done to a small file, it is read or refused as documented.</summary>
public sealed class SeededRunTests(ITestOutputHelper output)
{
    private const int Seed = 14;
    private const int InputsPerShare = 8;

    public static TheoryData<string> Targets => [.. TargetList.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public async Task Read_ChangedFile_EndsAsDocumented(string name)
    {
        var target = TargetList.Get(name);
        using var room = new TrialRoom(target);
        var (accepted, refused) = (0, 0);
        for (var number = 0; number < InputsPerShare * target.Share; number++)
        {
            var (file, bytes) = InputMaker.Make(target, Seed, number);
            var outcome = await Task.Run(() => room.Run(file, bytes), TestContext.Current.CancellationToken).WithinLimit();
            Assert.True(outcome.Finding is null, $"Input {number} of seed {Seed}: {outcome.Finding}");
            if (outcome.Refusal is null)
                accepted++;
            else
                refused++;
        }
        output.WriteLine($"{accepted} accepted, {refused} refused");
    }

    // Else nothing behind the first check would be reached.
    [Theory, MemberData(nameof(Targets))]
    public void Read_UnchangedSeed_IsAccepted(string name)
    {
        var target = TargetList.Get(name);
        using var room = new TrialRoom(target);
        Assert.Contains(target.Seeds, seed => !seed.IsRefused);
        foreach (var seed in target.Seeds.Take(20))
        {
            var outcome = room.Run(seed.Name, seed.Bytes);
            Assert.True(outcome.Finding is null && outcome.Refusal is null != seed.IsRefused, $"{seed.Name}: {outcome}");
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public void Make_SameNumber_GivesTheSameInput(string name)
    {
        var target = TargetList.Get(name);

        var inputs = Enumerable.Range(0, 20).Select(number => InputMaker.Make(target, Seed, number)).ToList();

        Assert.Equal(inputs, Enumerable.Range(0, 20).Select(number => InputMaker.Make(target, Seed, number)), (one, other) =>
            one.Name == other.Name && one.Bytes.AsSpan().SequenceEqual(other.Bytes));
        Assert.True(inputs.Select(input => Convert.ToHexString(input.Bytes)).Distinct().Count() > 10);
    }
}
