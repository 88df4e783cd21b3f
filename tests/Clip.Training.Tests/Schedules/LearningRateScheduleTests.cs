using System.Text.Json;
using Clip.Training.Schedules;

namespace Clip.Training.Tests.Schedules;

public sealed class LearningRateScheduleTests
{
    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Find("training", "lr_schedules.json"))).RootElement;

    public static TheoryData<int> RecordedCases { get; } = new(Enumerable.Range(0, Recorded.GetArrayLength()));

    [Theory, MemberData(nameof(RecordedCases))]
    public void GetRate_RecordedSchedule_GivesRecordedRates(int index)
    {
        var recorded = Recorded[index];
        var (peak, warmup, total) = (
            recorded.GetProperty("base_lr").GetDouble(), recorded.GetProperty("warmup").GetInt64(), recorded.GetProperty("total").GetInt64());
        // The recording used a cool-down of three tenths of all steps, and with the power a final rate of 1e-5.
        var cooldown = (long)Math.Round(0.3 * total);
        LearningRateSchedule schedule = recorded.GetProperty("schedule").GetString() switch
        {
            "cosine" => new CosineSchedule(peak, warmup, total),
            "const" => new ConstantSchedule(peak, warmup),
            "const_cooldown_lin" => new CooldownSchedule(peak, warmup, total, cooldown),
            "const_cooldown_pow2" => new CooldownSchedule(peak, warmup, total, cooldown) { Power = 2, FinalRate = 1e-5 },
            var other => throw new InvalidOperationException(other),
        };
        schedule.Validate();

        var rates = recorded.GetProperty("lr").EnumerateArray().Select(rate => rate.GetDouble()).ToList();
        for (var step = 0; step < rates.Count; step++)
            Assert.InRange(schedule.GetRate(step), rates[step] - 1e-18, rates[step] + 1e-18);
    }

    [Fact]
    public void GetRate_AfterTheEnd_StaysAtTheEnd()
    {
        Assert.Equal(0, new CosineSchedule(1, 2, 10).GetRate(10));
        Assert.Equal(0, new CosineSchedule(1, 2, 10).GetRate(25));
        Assert.Equal(0.25, new CooldownSchedule(1, 2, 10, 4) { FinalRate = 0.25 }.GetRate(99));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(1, 0).GetRate(-1));
    }

    [Fact]
    public void Validate_ImpossibleNumbers_NamesThem()
    {
        Assert.Contains("PeakRate", Assert.Throws<ArgumentException>(new ConstantSchedule(0, 1).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("WarmupSteps", Assert.Throws<ArgumentException>(new ConstantSchedule(1, -1).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("TotalSteps", Assert.Throws<ArgumentException>(new CosineSchedule(1, 5, 4).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("CooldownSteps", Assert.Throws<ArgumentException>(new CooldownSchedule(1, 0, 4, 5).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("FinalRate", Assert.Throws<ArgumentException>((new CooldownSchedule(1, 0, 4, 2) { FinalRate = 2 }).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("Power", Assert.Throws<ArgumentException>((new CooldownSchedule(1, 0, 4, 2) { Power = 0 }).Validate).Message, StringComparison.Ordinal);
    }
}
