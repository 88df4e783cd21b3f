using System.Text.Json;
using Clip.Checkpoints;
using Clip.Shared;
using Clip.Training.Data;

namespace Clip.Training.Checkpoints;

/// <summary>The scalars of a training checkpoint: <c>trainer.json</c>.</summary>
internal sealed record TrainerState
{
    public const string FileName = "trainer.json";
    private const int CurrentFormat = 2;

    // Settings and metrics are a few kilobytes; nothing of ours comes near this.
    private const long LargestFile = 1 << 20;

    public int Format { get; init; } = CurrentFormat;

    public required long Step { get; init; }

    /// <summary>Where each rank's reading goes on.</summary>
    public required PairPosition[] Positions { get; init; }

    public required string? Source { get; init; }

    public required long PairsSeen { get; init; }

    public required long SkippedSamples { get; init; }

    public required long SkippedSteps { get; init; }

    /// <summary>Steps in a row, up to this one, that were left out because they were not finite.</summary>
    public int SkippedInARow { get; init; }

    public double? LossScale { get; init; }

    public int LossScaleSteps { get; init; }

    public required Dictionary<string, double> Metrics { get; init; }

    public required Dictionary<string, string> Settings { get; init; }

    public void Write(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew);
        JsonSerializer.Serialize(file, this, TrainerStateJson.Default.TrainerState);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the scalars of a checkpoint.</summary>
    /// <exception cref="CheckpointException">The file is missing or not what it should be.</exception>
    public static TrainerState Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new CheckpointException(folder, $"is no training checkpoint: it has no {FileName}.");
        if (RegularFile.FindProblem(path) is { } problem)
            throw new CheckpointException(path, problem);
        if (file.Length > LargestFile)
            throw new CheckpointException(path, $"has {file.Length} bytes, more than the {LargestFile} that it can need.");
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), TrainerStateJson.Default.TrainerState)
                ?? throw new CheckpointException(path, "is empty.");
            if (state.Format != CurrentFormat)
                throw new CheckpointException(path, $"has format {state.Format}; this version reads {CurrentFormat}.");
            if (state.Step < 0 || state.SkippedInARow < 0 || state.Positions is not { Length: > 0 } positions
                || positions.Any(position => position.Epoch < 0 || position.Sample < 0) || state.Metrics is null || state.Settings is null)
                throw new CheckpointException(path, "has a negative position or count, or lacks metrics or settings.");
            if (state.LossScale is { } scale && !(scale > 0 && double.IsFinite(scale)) || state.LossScaleSteps < 0)
                throw new CheckpointException(path, "has a loss scale that is not a positive number.");
            return state;
        }
        catch (JsonException e)
        {
            throw new CheckpointException(path, $"is not valid: {e.Message}", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not CheckpointException))
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message}", e);
        }
    }
}
