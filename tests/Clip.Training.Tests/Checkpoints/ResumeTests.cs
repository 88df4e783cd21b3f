using Clip.Checkpoints;
using Clip.Runtime;
using Clip.Training.Checkpoints;
using Clip.Training.FineTuning;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Checkpoints;

public sealed class ResumeTests : IDisposable
{
    private const int Half = 3;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Cases { get; } = new()
    {
        { "VisionTransformer", "plain" },
        { "ResNet", "micro-batches, average" },
        { "Unusual", "micro-batches, patch dropout, recomputation" },
        { "SigLip", "locked tower" },
        { "VisionTransformer", "adapters, average" },
        { "VisionTransformer", "bfloat16" },
        { "CoCa", "micro-batches, average" },
        { "CoCa", "bfloat16" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Run_StoppedAndResumed_EqualsUninterruptedToTheBit(string name, string kind)
    {
        var config = name == nameof(TinyConfig.CoCa) ? TinyConfig.CoCa : TinyConfig.All[name];
        var options = OptionsFor(kind) with { Checkpoints = new CheckpointOptions { Folder = _folder.File("whole"), EverySteps = Half } };
        using var whole = TinyConfig.Create(config);
        Train(whole, options, config);

        var stopped = options with { Checkpoints = new CheckpointOptions { Folder = _folder.File("parts"), EverySteps = Half } };
        using (var first = TinyConfig.Create(config))
        {
            using var cancellation = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => Train(first, stopped, config, new Reports(report =>
            {
                if (report.Step == Half)
                    cancellation.Cancel();
            }), cancellation.Token));
        }
        using var resumed = TinyConfig.Create(config, seed: 77);
        using var trainer = new Trainer(resumed, stopped);
        using var pairs = new SyntheticPairs(config);
        Assert.True(trainer.TryResume());
        Assert.Equal(Half, trainer.CompletedSteps);
        trainer.Run(pairs);

        Weights.RequireBitEqual(whole, resumed);
        // Optimizer, adapters and average too: the files of the last checkpoints hold the same bytes.
        foreach (var file in Directory.GetFiles(_folder.File("whole/step-000006"), "*.safetensors", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace("whole", "parts", StringComparison.Ordinal)));
    }

    [Fact]
    public void Save_Checkpoint_IsAFolderThatLoads()
    {
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        var options = OptionsFor("average") with { Checkpoints = new CheckpointOptions { Folder = _folder.Path } };
        Train(model, options, config);

        var latest = TrainingCheckpoint.FindLatest(_folder.Path)!;
        using var loaded = DualEncoder.Load(latest.Path);
        using var average = DualEncoder.Load(Path.Combine(latest.Path, TrainingCheckpoint.AverageFolder));

        Weights.RequireBitEqual(model, loaded);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Weights.RequireBitEqual(model, average));
    }

    [Fact]
    public void TryResume_OtherSettings_NamesThemUnlessAllowed()
    {
        var config = TinyConfig.VisionTransformer;
        var options = OptionsFor("plain") with { Checkpoints = new CheckpointOptions { Folder = _folder.Path } };
        using var model = TinyConfig.Create(config);
        Train(model, options, config);
        using var trainer = new Trainer(model, options with { Steps = 2 * options.Steps, WeightDecay = 0.1 });

        var exception = Assert.Throws<CheckpointException>(() => trainer.TryResume());

        Assert.Contains("WeightDecay was 0.2 and is 0.1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Steps was 6 and is 12", exception.Message, StringComparison.Ordinal);
        Assert.True(trainer.TryResume(allowChanges: true));
        Assert.Equal(options.Steps, trainer.CompletedSteps);
    }

    [Fact]
    public void Run_OtherPairsThanTheCheckpoint_ThrowsInvalidOperationException()
    {
        var config = TinyConfig.VisionTransformer;
        var options = OptionsFor("plain") with { Checkpoints = new CheckpointOptions { Folder = _folder.Path } };
        using var model = TinyConfig.Create(config);
        Train(model, options, config);
        using var trainer = new Trainer(model, options);
        trainer.TryResume();
        using var others = new SyntheticPairs(config, seed: 6);

        var exception = Assert.Throws<InvalidOperationException>(() => trainer.Run(others));

        Assert.Contains("'synthetic, seed 5'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_AnotherArchitectureOrBrokenFiles_ThrowsCheckpointException()
    {
        var config = TinyConfig.VisionTransformer;
        var options = OptionsFor("plain") with { Checkpoints = new CheckpointOptions { Folder = _folder.Path } };
        using var model = TinyConfig.Create(config);
        Train(model, options, config);
        var latest = TrainingCheckpoint.FindLatest(_folder.Path)!.Path;

        using var other = TinyConfig.Create(TinyConfig.ResNet);
        using var otherTrainer = new Trainer(other, options);
        Assert.Contains("architecture", Assert.Throws<CheckpointException>(() => otherTrainer.TryResume()).Message, StringComparison.Ordinal);

        using var adapted = TinyConfig.Create(config);
        using var adaptedTrainer = new Trainer(adapted, options with { Lora = new LoraOptions() });
        Assert.Contains("belongs to another run", Assert.Throws<CheckpointException>(() => adaptedTrainer.TryResume(allowChanges: true)).Message, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(latest, "trainer.json"), "{ \"Format\": 1, \"Step\": ");
        using var trainer = new Trainer(model, options);
        Assert.Throws<CheckpointException>(() => trainer.Resume(latest));
        File.WriteAllText(Path.Combine(latest, "trainer.json"), "{}");
        Assert.Throws<CheckpointException>(() => trainer.Resume(latest));
        File.WriteAllBytes(Path.Combine(latest, "trainer.json"), new byte[2 << 20]);
        Assert.Throws<CheckpointException>(() => trainer.Resume(latest));
        Assert.Throws<CheckpointException>(() => trainer.Resume(_folder.File("nowhere")));
        Assert.Equal(0, trainer.CompletedSteps);
    }

    private static TrainerOptions OptionsFor(string kind)
    {
        var options = new TrainerOptions
        {
            Steps = 2 * Half,
            BatchSize = 6,
            Schedule = new CosineSchedule(0.01, 2, 2 * Half),
            MaxGradientNorm = 1,
            Seed = 12,
        };
        if (kind.Contains("micro-batches", StringComparison.Ordinal))
            options = options with { MicroBatch = 4, LossChunk = 4 };
        if (kind.Contains("average", StringComparison.Ordinal))
            options = options with { AverageDecay = 0.9 };
        if (kind.Contains("recomputation", StringComparison.Ordinal))
            options = options with { RecomputeActivations = true };
        if (kind.Contains("locked", StringComparison.Ordinal))
            options = options with { LockImage = new TowerLock { UnlockedGroups = 2 } };
        if (kind.Contains("adapters", StringComparison.Ordinal))
            options = options with { Lora = new LoraOptions { Rank = 2 } };
        if (kind.Contains("bfloat16", StringComparison.Ordinal))
        {
            ServedPrecision.RequireBFloat16();
            options = options with { Precision = Precision.BFloat16 };
        }
        return options;
    }

    private static void Train(
        DualEncoder model, TrainerOptions options, DualEncoderConfig config, Reports? reports = null, CancellationToken cancellationToken = default)
    {
        using var pairs = new SyntheticPairs(config);
        using var trainer = new Trainer(model, options);
        trainer.Run(pairs, reports, cancellationToken);
    }
}
