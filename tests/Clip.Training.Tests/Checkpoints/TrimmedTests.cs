using System.Text.Json;
using Clip.Training.Checkpoints;
using Clip.Training.FineTuning;
using Clip.Training.Optimization;
using Clip.Training.Schedules;

namespace Clip.Training.Tests.Checkpoints;

/// <summary>JSON in applications that are trimmed, whose serializer has no reflection.</summary>
public sealed class TrimmedTests
{
    [Fact]
    public Task TrainerStates_WithoutReflection_AreReadAndWritten() => TrimmedRun.PassesAsync(typeof(TrainingCheckpointTests));

    [Fact]
    public void Of_KnownSettings_AreWhatTheSerializerWritesWithReflection()
    {
        Assert.Equal(JsonSerializer.Serialize(new AdamWOptions { Epsilon = 1e-8 }), SettingsText.Of(new AdamWOptions { Epsilon = 1e-8 }));
        Assert.Equal(JsonSerializer.Serialize(new LoraOptions { Rank = 3 }), SettingsText.Of(new LoraOptions { Rank = 3 }));
        Assert.Equal(JsonSerializer.Serialize(new TowerLock { UnlockedGroups = 2 }), SettingsText.Of(new TowerLock { UnlockedGroups = 2 }));
        Assert.Equal(["null", "null", "0.1", "7"], [SettingsText.Of<TowerLock?>(null), SettingsText.Of<int?>(null), SettingsText.Of<double?>(0.1), SettingsText.Of(7L)]);
        foreach (var schedule in (LearningRateSchedule[])
            [new CosineSchedule(1e-3, 2, 10), new ConstantSchedule(1e-3, 2), new CooldownSchedule(1e-3, 2, 10, 4) { FinalRate = 1e-5, Power = 2 }])
        {
            Assert.Equal($"{schedule.GetType().Name} {JsonSerializer.Serialize(schedule, schedule.GetType())}", SettingsText.Of(schedule, 10));
        }
    }

    [Fact]
    public void Of_ScheduleOfAnApplication_DiffersWhereItsRatesDo()
    {
        Assert.Equal(SettingsText.Of(new Steep(1e-3, 2), 100), SettingsText.Of(new Steep(1e-3, 2), 100));
        Assert.NotEqual(SettingsText.Of(new Steep(1e-3, 2), 100), SettingsText.Of(new Steep(1e-3, 3), 100));
        Assert.StartsWith("Steep [0.001,", SettingsText.Of(new Steep(1e-3, 2), 100), StringComparison.Ordinal);
    }

    private sealed record Steep(double PeakRate, double Power) : LearningRateSchedule(PeakRate, 0)
    {
        protected override double GetRateAfterWarmup(long step) => PeakRate / Math.Pow(step + 1, Power);
    }
}
