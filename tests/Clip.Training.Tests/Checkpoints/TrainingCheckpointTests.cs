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
    public void Save_NewOneCannotTakeItsName_KeepsTheOld()
    {
        var checkpoints = new CheckpointOptions { Folder = _folder.Path };
        using var trainer = new Trainer(_model, Options(checkpoints));
        var path = trainer.Save();
        File.WriteAllText(Path.Combine(path, "note.txt"), "of the first");

        Assert.ThrowsAny<IOException>(() => CheckpointFolders.Write(checkpoints, 0, folder => Directory.Delete(folder)));

        Assert.Equal("of the first", File.ReadAllText(Path.Combine(path, "note.txt")));
        Assert.Equal(["step-000000"], Names());
    }

    // What is there when the process is killed while a checkpoint replaces one of the same step.
    [Theory]
    [InlineData("the new one is written", "old")]
    [InlineData("the old one is set aside", "old")]
    [InlineData("the new one has its name", "new")]
    [InlineData("the old one is being deleted", "new")]
    public void Save_KilledWhileReplacing_LeavesOneToResumeFrom(string moment, string expected)
    {
        var checkpoints = new CheckpointOptions { Folder = _folder.Path };
        using (var trainer = new Trainer(_model, Options(checkpoints)))
            trainer.Save();
        var (named, aside, unfinished) = (_folder.File("step-000000"), _folder.File(".step-000000.old"), _folder.File(".step-1234.tmp"));
        File.WriteAllText(Path.Combine(named, "note.txt"), moment.StartsWith("the old", StringComparison.Ordinal) ? "old" : expected);
        switch (moment)
        {
            case "the new one is written":
                Copy(named, unfinished);
                break;
            case "the old one is set aside":
                Copy(named, unfinished);
                Directory.Move(named, aside);
                break;
            case "the new one has its name":
                Copy(named, aside);
                break;
            default:
                Directory.Move(named, unfinished);
                Copy(unfinished, named);
                File.WriteAllText(Path.Combine(named, "note.txt"), "new");
                File.Delete(Path.Combine(unfinished, "trainer.json"));
                break;
        }

        var found = TrainingCheckpoint.FindLatest(_folder.Path)!;
        Assert.Equal((0, expected), (found.Step, File.ReadAllText(Path.Combine(found.Path, "note.txt"))));
        Assert.Single(TrainingCheckpoint.List(_folder.Path));
        using var resumed = new Trainer(_model, Options(checkpoints));
        Assert.True(resumed.TryResume());

        var state = File.ReadAllBytes(Path.Combine(found.Path, "trainer.json"));
        CheckpointFolders.Write(checkpoints, 7, folder => File.WriteAllBytes(Path.Combine(folder, "trainer.json"), state));

        Assert.Equal(["step-000000", "step-000007"], Names());
        Assert.Equal(expected, File.ReadAllText(Path.Combine(named, "note.txt")));
    }

    [Fact]
    public void TryResume_BrokenCheckpointBeforeTheNewest_ContinuesFromTheNewest()
    {
        var options = Options(new CheckpointOptions { Folder = _folder.Path });
        using (var trainer = new Trainer(_model, options))
        using (var pairs = new SyntheticPairs(TinyConfig.VisionTransformer))
            trainer.Run(pairs);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(_folder.File("step-000002")).FullName, "trainer.json"), "{");

        using var resumed = new Trainer(_model, options);

        Assert.True(resumed.TryResume());
        Assert.Equal(6, resumed.CompletedSteps);
    }

    [Theory]
    [InlineData("trainer.json", "{")]
    [InlineData("trainer.json", null)]
    [InlineData("open_clip_config.json", "{")]
    [InlineData("open_clip_config.json", null)]
    [InlineData("open_clip_model.safetensors", "cut")]
    [InlineData("open_clip_model.safetensors", "empty")]
    [InlineData("open_clip_model.safetensors", null)]
    [InlineData("training_state.safetensors", "cut")]
    [InlineData("training_state.safetensors", null)]
    public void TryResume_NewestIsBroken_NamesTheOneBefore(string file, string? damage)
    {
        var options = Options(new CheckpointOptions { Folder = _folder.Path, EverySteps = 2 });
        using (var trainer = new Trainer(_model, options))
        using (var pairs = new SyntheticPairs(TinyConfig.VisionTransformer))
            trainer.Run(pairs);
        Assert.Equal(["step-000002", "step-000004", "step-000006"], Names());
        Break(_folder.File("step-000006"), file, damage);
        using var resumed = new Trainer(_model, options);

        // A folder without this file is no checkpoint at all.
        if (file == "trainer.json" && damage is null)
        {
            Assert.True(resumed.TryResume());
            Assert.Equal(4, resumed.CompletedSteps);
            return;
        }
        var error = Assert.Throws<Clip.Checkpoints.CheckpointException>(() => resumed.TryResume());

        Assert.Equal(_folder.File("step-000006"), error.CheckpointPath);
        Assert.Contains("is broken", error.Message, StringComparison.Ordinal);
        Assert.Contains("The one before it, 'step-000004', can be read", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("download", error.Message, StringComparison.OrdinalIgnoreCase);

        Break(_folder.File("step-000004"), "training_state.safetensors", "cut");
        error = Assert.Throws<Clip.Checkpoints.CheckpointException>(() => resumed.Resume(_folder.File("step-000006")));
        Assert.Contains("The one before it, 'step-000002', can be read", error.Message, StringComparison.Ordinal);

        Break(_folder.File("step-000002"), "trainer.json", "{");
        error = Assert.Throws<Clip.Checkpoints.CheckpointException>(() => resumed.TryResume());
        Assert.Contains($"There is no whole checkpoint before it in '{_folder.Path}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, resumed.CompletedSteps);
    }

    [Fact]
    public void Run_FromTheOneBeforeABrokenCheckpoint_WritesItAnew()
    {
        var options = Options(new CheckpointOptions { Folder = _folder.Path, EverySteps = 2 });
        using var pairs = new SyntheticPairs(TinyConfig.VisionTransformer);
        using (var trainer = new Trainer(_model, options))
            trainer.Run(pairs);
        var weights = File.ReadAllBytes(_folder.File("step-000006/open_clip_model.safetensors"));
        Break(_folder.File("step-000006"), "trainer.json", "{");
        using var resumed = new Trainer(_model, options);

        resumed.Resume(_folder.File("step-000004"));
        resumed.Run(pairs);

        Assert.Equal(6, TrainingCheckpoint.FindLatest(_folder.Path)!.Step);
        Assert.Equal(weights, File.ReadAllBytes(_folder.File("step-000006/open_clip_model.safetensors")));
    }

    [Fact]
    public void FindBest_OneIsBroken_ChoosesAmongTheOthers()
    {
        Train(new CheckpointOptions { Folder = _folder.Path, EverySteps = 1, Keep = 6 });
        Break(_folder.File("step-000001"), "trainer.json", "{");

        Assert.Equal(2, TrainingCheckpoint.FindBest(_folder.Path, "recall")!.Step);
        Assert.Equal(6, TrainingCheckpoint.FindLatest(_folder.Path)!.Step);
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

    // Null deletes the file; "cut" and "empty" take bytes away; other damage is text in its place.
    private static void Break(string folder, string file, string? damage)
    {
        var path = Path.Combine(folder, file);
        if (damage is null)
            File.Delete(path);
        else if (damage == "cut")
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        else
            File.WriteAllText(path, damage == "empty" ? "" : damage);
    }

    private static void Copy(string folder, string target)
    {
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
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
