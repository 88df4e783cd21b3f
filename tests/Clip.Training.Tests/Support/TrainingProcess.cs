using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Runtime;
using Clip.Training.Checkpoints;
using Clip.Training.Schedules;

namespace Clip.Training.Tests.Support;

/// <summary>A training run in a process of its own: this assembly, started with a variable that names its folder.</summary>
internal static class TrainingProcess
{
    private const string Variable = "CLIP_TRAINING_TEST_FOLDER";

    public static DualEncoderConfig Config => TinyConfig.VisionTransformer;

    public static TrainerOptions OptionsFor(string folder) => new()
    {
        Steps = 12,
        BatchSize = 6,
        MicroBatch = 3,
        Schedule = new CosineSchedule(0.01, 2, 12),
        AverageDecay = 0.9,
        Checkpoints = new CheckpointOptions { Folder = folder, EverySteps = 3 },
    };

    /// <summary>Trains from the newest checkpoint to the end.</summary>
    public static DualEncoder Train(string folder, IProgress<TrainingProgress>? progress = null)
    {
        var model = TinyConfig.Create(Config);
        using var pairs = new SyntheticPairs(Config);
        using var trainer = new Trainer(model, OptionsFor(folder));
        trainer.TryResume();
        trainer.Run(pairs, progress);
        return model;
    }

    /// <summary>Starts a run in another process.</summary>
    public static Process Start(string folder)
    {
        var start = DotnetProcess.Describe(typeof(TrainingProcess).Assembly.Location);
        start.Environment[Variable] = folder;
        return Process.Start(start)!;
    }

    // Tensors are tiny here, and threads that wait for each other cost more than they compute.
    [ModuleInitializer]
    internal static void UseOneThread()
    {
        TorchLibraries.EnsureLoaded();
        set_num_threads(1);
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
            return;
        Train(folder, new Reports(report => Console.Out.WriteLine(report.Step))).Dispose();
        Environment.Exit(0);
    }
}
