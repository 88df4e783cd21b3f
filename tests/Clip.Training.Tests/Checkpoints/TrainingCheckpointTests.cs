using Clip.Training.Checkpoints;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Checkpoints;

public sealed class TrainingCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DualEncoder _model = TinyConfig.Create(TinyConfig.VisionTransformer);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Run_KeepsTheNewestAndTheBest()
    {
        Train(new CheckpointOptions { Folder = _folder.Path, EverySteps = 1, Keep = 2, BestMetric = "recall" });
        Assert.Equal(["step-000002", "step-000005", "step-000006"], Names());
        Assert.Equal(6, TrainingCheckpoint.FindLatest(_folder.Path)!.Step);
        Assert.Equal(2, TrainingCheckpoint.FindBest(_folder.Path, "recall")!.Step);
        Assert.Equal(0.9, TrainingCheckpoint.FindBest(_folder.Path, "recall")!.Metrics["recall"]);
        Assert.Equal(6, TrainingCheckpoint.FindBest(_folder.Path, "recall", lowerIsBetter: true)!.Step);
        Assert.Null(TrainingCheckpoint.FindBest(_folder.Path, "other"));
    }

    [Fact]
    public void Write_AfterAKilledWrite_IgnoresAndRemovesWhatItLeft()
    {
        var unfinished = Directory.CreateDirectory(_folder.File(".step-0123.tmp")).FullName;
        File.WriteAllText(Path.Combine(unfinished, "open_clip_model.safetensors"), "half");
        Directory.CreateDirectory(_folder.File("step-000099"));
        Directory.CreateDirectory(_folder.File("step-notes"));
        Assert.Null(TrainingCheckpoint.FindLatest(_folder.Path));

        Train(new CheckpointOptions { Folder = _folder.Path });

        Assert.False(Directory.Exists(unfinished));
        Assert.Equal(6, TrainingCheckpoint.FindLatest(_folder.Path)!.Step);
    }

    [Fact]
    public void Run_BrokenCheckpointInTheFolder_IsLeftAndStopsNothing()
    {
        var broken = Directory.CreateDirectory(_folder.File("step-000000")).FullName;
        using var pairs = new SyntheticPairs(TinyConfig.VisionTransformer);
        using var trainer = new Trainer(_model, Options(new CheckpointOptions { Folder = _folder.Path, Keep = 1 }));
        var reports = new Reports(report =>
        {
            if (report.Step == 1)
                File.WriteAllText(Path.Combine(broken, "trainer.json"), "{");
        });

        trainer.Run(pairs, reports);

        Assert.Equal(["step-000000", "step-000006"], Names());
        Assert.Throws<Clip.Checkpoints.CheckpointException>(() => TrainingCheckpoint.List(_folder.Path));
    }

    [Fact]
    public void Save_SameStepAgain_ReplacesIt()
    {
        var options = Options(new CheckpointOptions { Folder = _folder.Path });
        using var trainer = new Trainer(_model, options);
        var first = trainer.Save();
        File.WriteAllText(Path.Combine(first, "note.txt"), "of the first");

        Assert.Equal(first, trainer.Save());

        Assert.False(File.Exists(Path.Combine(first, "note.txt")));
        Assert.Equal(["step-000000"], Names());
    }

    [Fact]
    public void Save_CompanionFiles_AreBesideTheWeights()
    {
        using var elsewhere = new TemporaryFolder();
        var tokenizer = elsewhere.Write("tokenizer.json", [1, 2, 3]);
        using var trainer = new Trainer(_model, Options(new CheckpointOptions { Folder = _folder.Path, CompanionFiles = [tokenizer] }));

        var path = trainer.Save();

        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(path, "tokenizer.json")));
        Assert.Throws<ArgumentException>(() => new Trainer(_model, Options(new CheckpointOptions { Folder = _folder.Path, CompanionFiles = ["none"] })));
    }

    [Fact]
    public void Save_CompanionFileThatVanished_LeavesNothing()
    {
        using var elsewhere = new TemporaryFolder();
        var tokenizer = elsewhere.Write("tokenizer.json", [1, 2, 3]);
        using var trainer = new Trainer(_model, Options(new CheckpointOptions { Folder = _folder.Path, CompanionFiles = [tokenizer] }));
        File.Delete(tokenizer);

        Assert.Throws<FileNotFoundException>(trainer.Save);

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void TryResume_EmptyFolder_ReturnsFalse()
    {
        using var trainer = new Trainer(_model, Options(new CheckpointOptions { Folder = _folder.File("none") }));
        Assert.False(trainer.TryResume());
        using var homeless = new Trainer(_model, Options(null));
        Assert.Throws<InvalidOperationException>(() => homeless.TryResume());
        Assert.Throws<InvalidOperationException>(homeless.Save);
    }

    private string[] Names() => [.. Directory.GetDirectories(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static TrainerOptions Options(CheckpointOptions? checkpoints) =>
        new() { Steps = 6, BatchSize = 3, Schedule = new ConstantSchedule(0.001, 0), EvaluateEverySteps = 1, Checkpoints = checkpoints };

    private void Train(CheckpointOptions checkpoints)
    {
        var evaluations = 0;
        double[] recalls = [0.3, 0.9, 0.8, double.PositiveInfinity, double.NaN, 0.1];
        using var pairs = new SyntheticPairs(TinyConfig.VisionTransformer);
        using var trainer = new Trainer(_model, Options(checkpoints))
        {
            Evaluate = (_, _) => new Dictionary<string, double> { ["recall"] = recalls[evaluations++] },
        };
        trainer.Run(pairs);
    }
}
