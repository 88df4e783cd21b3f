using Clip.Losses;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.FineTuning;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private readonly DualEncoderConfig _config = TinyConfig.VisionTransformer;
    private readonly DualEncoder _model = TinyConfig.Create(TinyConfig.VisionTransformer);
    private readonly TemporaryFolder _folder = new();

    private static readonly TrainerOptions Options = new() { Steps = 4, BatchSize = 4, Schedule = new ConstantSchedule(0.003, 0) };

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    // One batch again and again: what contrastive training must be able to learn by heart.
    [Fact]
    public void Run_OneBatchRepeated_LearnsIt()
    {
        using var pairs = new Repeated(new SyntheticPairs(_config));
        var reports = new Reports();
        using var trainer = new Trainer(_model, Options with { Steps = 40, BatchSize = 8 });

        trainer.Run(pairs, reports);

        Assert.InRange(reports.All[0].Loss, 1, 10);
        Assert.InRange(reports.All[^1].Loss, 0, 0.2);
    }

    [Fact]
    public void Run_ReportsEveryStep()
    {
        using var pairs = new SyntheticPairs(_config);
        var reports = new Reports();
        using var trainer = new Trainer(_model, Options);

        trainer.Run(pairs, reports);

        Assert.Equal([1, 2, 3, 4], reports.All.Select(report => report.Step));
        Assert.Equal([4, 8, 12, 16], reports.All.Select(report => report.PairsSeen));
        Assert.All(reports.All, report =>
        {
            Assert.Equal(4, report.TotalSteps);
            Assert.Equal(0.003, report.LearningRate);
            Assert.True(report.GradientNorm > 0 && report.PairsPerSecond > 0);
            Assert.InRange(report.LogitScale, 1, 100);
            Assert.Null(report.SkipReason);
        });
        Assert.False(_model.training);
    }

    [Fact]
    public void Create_ModelThatNoConfigDescribes_IsRefusedWhereCheckpointsAreAskedFor()
    {
        using var model = TinyConfig.Create(_config with
        {
            Image = new TimmVitConfig
            {
                Resolution = 32,
                PatchSize = 16,
                Head = new TimmHeadConfig(TimmProjection.Linear),
                ClassPosition = false,
                ConvolutionStem = true,
                PaddedStem = true,
                Transformer = new TransformerConfig { Width = 8, Layers = 1, Heads = 1, Activation = Activation.Gelu },
            },
        });

        new Trainer(model, Options).Dispose();
        var exception = Assert.Throws<ArgumentException>(
            () => new Trainer(model, Options with { Checkpoints = new CheckpointOptions { Folder = _folder.File("run") } }));

        Assert.Contains("Checkpoints cannot hold the model", exception.Message, StringComparison.Ordinal);
        Assert.Contains("timm has none", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    // The scale stays at the limit of 100 that it starts at, whatever the gradients say.
    [Fact]
    public void Run_LogitScaleAboveTheLimit_IsClamped()
    {
        using (no_grad())
            _model.state_dict()["logit_scale"].fill_(10);
        using var pairs = new SyntheticPairs(_config);
        var reports = new Reports();
        using var trainer = new Trainer(_model, Options with { Steps = 1 });

        trainer.Run(pairs, reports);

        Assert.Equal(100, reports.All[0].LogitScale, 1e-3);
    }

    [Fact, NoTensorLeaks]
    public void Run_ManySteps_HoldsNoMoreTensors()
    {
        using var pairs = new SyntheticPairs(_config);
        var counts = new List<long>();
        var reports = new Reports(_ => counts.Add(LiveTensors.Count()));
        using (var trainer = new Trainer(_model, Options with { Steps = 6, MicroBatch = 2, RecomputeActivations = true, AverageDecay = 0.9 }))
            trainer.Run(pairs, reports);
        Assert.Equal(counts[1], counts[^1]);
    }

    [Fact]
    public void Dispose_TakesLocksOff()
    {
        _model.Text.parameters().First().requires_grad = false;
        var before = Wishes();
        using (new Trainer(_model, Options with { LockImage = new TowerLock(), RecomputeActivations = true }))
            Assert.NotEqual(before, Wishes());

        Assert.Equal(before, Wishes());
        Assert.False(_model.RecomputeActivations);

        List<bool> Wishes() => [.. _model.parameters().Select(parameter => parameter.requires_grad)];
    }

    [Fact]
    public void Run_CancelledBetweenSteps_SavesAndThrows()
    {
        using var pairs = new SyntheticPairs(_config);
        using var cancellation = new CancellationTokenSource();
        using var trainer = new Trainer(_model, Options with { Checkpoints = new CheckpointOptions { Folder = _folder.Path } });

        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Run(pairs, new Reports(report =>
        {
            if (report.Step == 2)
                cancellation.Cancel();
        }), cancellation.Token));

        Assert.Equal(2, TrainingCheckpoint.FindLatest(_folder.Path)!.Step);
    }

    [Fact]
    public void Run_Evaluation_SeesTheAverageInEvaluationMode()
    {
        using var pairs = new SyntheticPairs(_config);
        var steps = new List<long>();
        var modes = new List<(bool Training, bool Gradients)>();
        Trainer? trainer = null;
        using var before = _model.Copy();
        using (trainer = new Trainer(_model, Options with { EvaluateEverySteps = 3, AverageDecay = 1 - 1e-12 })
        {
            Evaluate = (network, _) =>
            {
                steps.Add(trainer!.CompletedSteps);
                modes.Add((network.training, is_grad_enabled()));
                TensorAssert.Close(before.state_dict()["visual.proj"].detach(), network.state_dict()["visual.proj"].detach(), 1e-6);
                return new Dictionary<string, double> { ["recall"] = steps.Count };
            },
        })
        {
            Assert.Equal(2, trainer.Run(pairs)["recall"]);
        }

        Assert.Equal([3, 4], steps);
        Assert.All(modes, mode => Assert.Equal((false, false), mode));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Weights.RequireBitEqual(before, _model));
    }

    [Fact]
    public void Run_TensorBoardFolder_GetsEventsOfEveryStep()
    {
        using var pairs = new SyntheticPairs(_config);
        using var trainer = new Trainer(_model, Options with { TensorBoardFolder = _folder.Path })
        {
            Evaluate = (_, _) => new Dictionary<string, double> { ["recall"] = 0.5 },
        };

        trainer.Run(pairs);

        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Directory.GetFiles(_folder.Path).Single()));
        Assert.Equal(4, text.Split("train/loss").Length - 1);
        Assert.Contains("evaluation/recall", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_SourceThatEnds_ThrowsInvalidOperationException()
    {
        using var pairs = new Short(new SyntheticPairs(_config));
        using var trainer = new Trainer(_model, Options);
        Assert.Contains("after 2 of 4 steps", Assert.Throws<InvalidOperationException>(() => trainer.Run(pairs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OwnLoss_IsUsed()
    {
        using var pairs = new SyntheticPairs(_config);
        using var loss = new Doubled();
        var reports = new Reports();
        using var model = _model.Copy();
        using (var trainer = new Trainer(_model, Options with { Steps = 1 }))
            trainer.Run(pairs, reports);
        using (var trainer = new Trainer(model, Options with { Steps = 1 }, loss))
            trainer.Run(pairs, reports);
        Assert.Equal(2 * reports.All[0].Loss, reports.All[1].Loss, 1e-5);
    }

    [Theory]
    [InlineData("Steps")]
    [InlineData("BatchSize")]
    [InlineData("MicroBatch")]
    [InlineData("LossChunk")]
    [InlineData("WeightDecay")]
    [InlineData("MaxGradientNorm")]
    [InlineData("AverageDecay")]
    [InlineData("Lora")]
    [InlineData("LockImage.UnlockedGroups")]
    [InlineData("WeightDecayRule")]
    [InlineData("Precision")]
    [InlineData("Checkpoints.Keep")]
    [InlineData("PeakRate")]
    public void Constructor_ImpossibleOption_NamesIt(string name)
    {
        var options = name switch
        {
            "Steps" => Options with { Steps = 0 },
            "BatchSize" => Options with { BatchSize = 0 },
            "MicroBatch" => Options with { MicroBatch = -1 },
            "LossChunk" => Options with { LossChunk = 0 },
            "WeightDecay" => Options with { WeightDecay = double.NaN },
            "MaxGradientNorm" => Options with { MaxGradientNorm = 0 },
            "AverageDecay" => Options with { AverageDecay = 1 },
            "WeightDecayRule" => Options with { WeightDecayRule = (Clip.Training.Optimization.WeightDecayRule)99 },
            "Precision" => Options with { Precision = (Runtime.Precision)99 },
            "Lora" => Options with { Lora = new LoraOptions(), LockText = new TowerLock() },
            "LockImage.UnlockedGroups" => Options with { LockImage = new TowerLock { UnlockedGroups = -1 } },
            "Checkpoints.Keep" => Options with { Checkpoints = new CheckpointOptions { Folder = "x", Keep = 0 } },
            _ => Options with { Schedule = new ConstantSchedule(double.NaN, 0) },
        };
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new Trainer(_model, options)).Message, StringComparison.Ordinal);
    }

    // Locks and recomputation come before the first of these fails, adapters before the second, the whole engine before the last.
    [Theory]
    [InlineData("float16 on a CPU")]
    [InlineData("adapters without a matrix")]
    [InlineData("a folder that is a file")]
    public void Constructor_Failure_LeavesTheModelAsItWas(string kind)
    {
        using var folder = new TemporaryFolder();
        using var model = TinyConfig.Create(kind == "adapters without a matrix" ? TinyConfig.ResNet : TinyConfig.VisionTransformer);
        model.eval();
        var before = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.requires_grad);
        var locked = Options with { RecomputeActivations = true, LockImage = new TowerLock() };
        var options = kind switch
        {
            "float16 on a CPU" => locked with { Precision = Runtime.Precision.Float16 },
            "adapters without a matrix" => Options with { RecomputeActivations = true, Lora = new LoraOptions { TextTower = false } },
            _ => locked with { TensorBoardFolder = folder.Write("file", [1]) },
        };

        Assert.ThrowsAny<Exception>(() => new Trainer(model, options));

        Assert.False(model.RecomputeActivations);
        Assert.False(model.training);
        Assert.All(model.named_parameters(), entry => Assert.Equal(before[entry.name], entry.parameter.requires_grad));
    }

    [Fact]
    public void Constructor_ModelInHalfPrecision_ThrowsArgumentException()
    {
        using var half = _model.Copy(ScalarType.BFloat16);
        Assert.Contains("BFloat16", Assert.Throws<ArgumentException>(() => new Trainer(half, Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FolderWithLaterCheckpoints_ThrowsInvalidOperationException()
    {
        using var pairs = new SyntheticPairs(_config);
        var options = Options with { Checkpoints = new CheckpointOptions { Folder = _folder.Path } };
        using (var first = new Trainer(_model, options))
            first.Run(pairs);
        using var second = new Trainer(_model, options);

        Assert.Contains("step 4", Assert.Throws<InvalidOperationException>(() => second.Run(pairs)).Message, StringComparison.Ordinal);
    }

    private sealed class Doubled() : ContrastiveLoss(nameof(Doubled), normalize: true)
    {
        protected override Tensor Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
        {
            using var loss = new ClipLoss(normalize: false);
            return loss.call(images, texts, logitScale, logitBias) * 2;
        }
    }

    private sealed class Repeated(IPairSource inner) : IPairSource
    {
        public string Identity => "repeated";

        public long? SamplesPerEpoch => null;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            while (true)
                yield return inner.Batches(size, PairPosition.Start, cancellationToken).First();
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class Short(IPairSource inner) : IPairSource
    {
        public string Identity => "short";

        public long? SamplesPerEpoch => 8;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default) =>
            inner.Batches(size, from, cancellationToken).Take(2);

        public void Dispose() => inner.Dispose();
    }
}
