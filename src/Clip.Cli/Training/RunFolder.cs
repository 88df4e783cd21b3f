using Clip.Training.Checkpoints;

namespace Clip.Cli.Training;

/// <summary>The folder of a training run: checkpoints, its options, and at the end the model.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    // Options whose values are paths, and those whose values may be.
    private static readonly string[] Paths = ["image-root", "vocabulary", "tensorboard", "cache"];
    private static readonly string[] MaybePaths = ["init", "preset", "preprocessing"];
    private static readonly string[] PathLists = ["data", "validation"];

    /// <summary>The full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The file with the options of the run.</summary>
    public string Options => System.IO.Path.Combine(Path, "options.txt");

    /// <summary>The folder of the trained model.</summary>
    public string Model => System.IO.Path.Combine(Path, "model");

    /// <summary>The folder of the model with averaged weights.</summary>
    public string AverageModel => System.IO.Path.Combine(Path, "model-average");

    /// <summary>The newest checkpoint; null where there is none.</summary>
    public TrainingCheckpoint? Latest => TrainingCheckpoint.FindLatest(Path);

    /// <summary>Requires that a new run can begin here.</summary>
    /// <exception cref="FailureException">Another one was here.</exception>
    public void RequireNew()
    {
        if (File.Exists(Path))
            throw new FailureException($"'{Path}' is a file; --output is the folder of the run.");
        if (HasCheckpoints || File.Exists(Options))
            throw new FailureException($"'{Path}' holds a run{(HasCheckpoints ? "" : " without checkpoints")}. Continue it with --resume, or name another folder.");
        if (Directory.Exists(Model) || Directory.Exists(AverageModel))
            throw new FailureException($"'{Path}' holds a model already. Name another folder.");
    }

    /// <summary>Requires that there is a run that can be continued.</summary>
    /// <exception cref="FailureException">There is none.</exception>
    public void RequireRun()
    {
        if (!File.Exists(Options) && !HasCheckpoints)
            throw new FailureException($"There is no run in '{Path}' to resume. Leave out --resume to begin one.");
    }

    /// <summary>Keeps the options of the run, so that it can be resumed from anywhere.</summary>
    /// <param name="settings">All options but the folder.</param>
    public void WriteOptions(IEnumerable<Setting> settings)
    {
        Directory.CreateDirectory(Path);
        SettingsFile.Write(Options, "The options of this run, which clip train --resume reads.", [.. settings.Where(setting => setting.Name != "output").Select(Rooted)]);
    }

    private bool HasCheckpoints => Directory.Exists(Path) && Directory.EnumerateDirectories(Path, "step-*").Any();

    // Relative paths mean something else in another folder.
    private static Setting Rooted(Setting setting)
    {
        var value = setting.Value;
        if (value.AsSpan().Trim().Length != value.Length || value.AsSpan().ContainsAny('\n', '\r'))
            throw new UsageException($"--{setting.Name} must not begin or end with white space, nor have line breaks.");
        if (Paths.Contains(setting.Name) || (MaybePaths.Contains(setting.Name) && (File.Exists(value) || Directory.Exists(value))))
            value = System.IO.Path.GetFullPath(value);
        else if (PathLists.Contains(setting.Name))
            value = string.Join("::", value.Split("::").Select(System.IO.Path.GetFullPath));
        else if (setting.Name == "templates" && value.StartsWith('@'))
            value = "@" + System.IO.Path.GetFullPath(value[1..]);
        return setting with { Value = value };
    }
}
