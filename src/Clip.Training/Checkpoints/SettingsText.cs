using System.Text.Json;
using System.Text.Json.Serialization;
using Clip.Training.FineTuning;
using Clip.Training.Optimization;
using Clip.Training.Schedules;

namespace Clip.Training.Checkpoints;

/// <summary>Settings as text, by which a resumed run is compared with the one it goes on with.</summary>
internal static class SettingsText
{
    // Parts of a run at whose beginnings an application's own schedule is asked for its rate.
    private const int Parts = 16;

    /// <summary>A setting as JSON.</summary>
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, typeof(T), SettingsJson.Default);

    /// <summary>A schedule: its kind and numbers; for an application's own kind, whose numbers are not known here, its rates over the run.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="steps">Steps of the run.</param>
    public static string Of(LearningRateSchedule schedule, long steps)
    {
        var kind = schedule.GetType();
        var numbers = SettingsJson.Default.GetTypeInfo(kind) is { } known
            ? JsonSerializer.Serialize(schedule, known)
            : Of(Enumerable.Range(0, Parts + 1).Select(part => schedule.GetRate((long)((Int128)(steps - 1) * part / Parts))).ToArray());
        return $"{kind.Name} {numbers}";
    }
}

/// <summary>How settings are written, generated at build time: an application may be trimmed.</summary>
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(AdamWOptions))]
[JsonSerializable(typeof(TowerLock))]
[JsonSerializable(typeof(LoraOptions))]
[JsonSerializable(typeof(CosineSchedule))]
[JsonSerializable(typeof(ConstantSchedule))]
[JsonSerializable(typeof(CooldownSchedule))]
internal sealed partial class SettingsJson : JsonSerializerContext;
