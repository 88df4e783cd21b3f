using Clip.Shared;

namespace Clip.Training.Checkpoints;

/// <summary>Where training checkpoints go and which are kept.</summary>
public sealed record CheckpointOptions
{
    /// <summary>The folder in which each checkpoint is a folder; it is created.</summary>
    public required string Folder { get; init; }

    /// <summary>Steps between checkpoints. Positive. The last step is always saved, and a cancelled run saves where it stops.</summary>
    public long EverySteps { get; init; } = 1000;

    /// <summary>How many of the newest are kept. Positive.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>The metric by which one more, the best, is kept; null for none.</summary>
    public string? BestMetric { get; init; }

    /// <summary>Whether a lower value of the metric is better.</summary>
    public bool LowerIsBetter { get; init; }

    /// <summary>Files that are copied into every checkpoint beside the weights, such as a tokenizer's.</summary>
    public IReadOnlyList<string> CompanionFiles { get; init; } = [];

    internal void Validate(string path)
    {
        if (string.IsNullOrEmpty(Folder))
            throw new ArgumentException($"{path}.{nameof(Folder)} must not be empty.");
        if (EverySteps <= 0)
            throw new ArgumentException($"{path}.{nameof(EverySteps)} must be positive but is {EverySteps}.");
        if (Keep <= 0)
            throw new ArgumentException($"{path}.{nameof(Keep)} must be positive but is {Keep}.");
        if (CompanionFiles.FirstOrDefault(file => !File.Exists(file)) is { } missing)
            throw new ArgumentException($"{path}.{nameof(CompanionFiles)} names '{missing}', which does not exist.");
        if (CompanionFiles.FirstOrDefault(file => RegularFile.FindProblem(file) is not null) is { } other)
            throw new ArgumentException($"{path}.{nameof(CompanionFiles)} names '{other}', which {RegularFile.FindProblem(other)}");
    }
}
