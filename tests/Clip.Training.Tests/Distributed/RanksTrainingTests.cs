using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.Distributed;
using Clip.Training.FineTuning;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Distributed;

/// <summary>Several ranks beside one that has the whole batch.</summary>
public sealed class RanksTrainingTests : IDisposable
{
    // Adam divides a gradient by its own size, which makes the rounding of very small ones large; a larger epsilon does not.
    private static readonly TrainerOptions Options = new()
    {
        Steps = 4,
        BatchSize = 8,
        Schedule = new ConstantSchedule(0.001, 0),
        Optimizer = new() { Epsilon = 1e-2 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int, string> Cases { get; } = new()
    {
        { "VisionTransformer", 2, "plain" },
        { "VisionTransformer", 4, "local loss, clipped" },
        { "VisionTransformer", 2, "micro-batches, average" },
        { "VisionTransformer", 2, "adapters" },
        { "VisionTransformer", 2, "bfloat16" },
        { "VisionTransformer", 2, "locked tower" },
        { "SigLip", 2, "chunks" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Run_Ranks_HaveTheWeightsOfOneWithTheWholeBatch(string name, int ranks, string kind)
    {
        var config = TinyConfig.All[name];
        var options = OptionsFor(kind);
        var isHalf = options.Precision == Clip.Runtime.Precision.BFloat16;
        if (isHalf)
            ServedPrecision.RequireBFloat16();
        using var start = TinyConfig.Create(config);
        using var one = TinyConfig.Create(config);
        var expected = new Reports();
        using (var trainer = new Trainer(one, options))
            trainer.Run(new SyntheticPairs(config), expected);

        Train(ranks, options, config, (group, network, reports) =>
        {
            Assert.Equal(expected.All.Select(report => report.Loss), reports.All.Select(report => report.Loss), (a, b) => Math.Abs(a - b) < (isHalf ? 1e-2 : 1e-5) * a);
            Assert.Equal(expected.All.Select(report => report.PairsSeen), reports.All.Select(report => report.PairsSeen));
            RequireNear(start, one, network, isHalf ? 0.5 : 1e-3);
        });
    }

    [Fact]
    public void Run_SynchronizedBatchNorms_HaveTheStatisticsOfTheWholeBatch()
    {
        var config = TinyConfig.ResNet;
        using var start = TinyConfig.Create(config);
        using var one = TinyConfig.Create(config);
        var expected = new Reports();
        using (var trainer = new Trainer(one, Options))
            trainer.Run(new SyntheticPairs(config), expected);

        Train(2, Options with { SynchronizeBatchNorms = true }, config, (group, network, reports) =>
        {
            Assert.Equal(expected.All.Select(report => report.Loss), reports.All.Select(report => report.Loss), (a, b) => Math.Abs(a - b) < 1e-4 * a);
            RequireNear(Weights(start), Weights(one), Weights(network), 1e-2);
            RequireNear(Statistics(start), Statistics(one), Statistics(network), 1e-2);
            Assert.All(network.named_buffers().Where(entry => entry.name.EndsWith("num_batches_tracked", StringComparison.Ordinal)), entry => Assert.Equal(4, entry.buffer.item<long>()));
        });
        // The test can tell: without, each rank has statistics of its own.
        Train(2, Options, config, (group, network, reports) =>
        {
            var failure = Record.Exception(() => RequireNear(Weights(start), Weights(one), Weights(network), 1e-2));
            Assert.NotNull(failure);
        });

        static Dictionary<string, Tensor> Weights(DualEncoder network) => network.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        static Dictionary<string, Tensor> Statistics(DualEncoder network) =>
            network.named_buffers().Where(entry => entry.name.Contains("running_", StringComparison.Ordinal)).ToDictionary(entry => entry.name, entry => entry.buffer);
    }

    // Texts get longer from the first to the last of a batch, so the ranks have very different numbers of tokens; the first has none at all.
    [Theory]
    [InlineData(2, null)]
    [InlineData(4, null)]
    [InlineData(2, 2)]
    public void Run_Captions_HaveTheMeanOverTheTokensOfAllRanks(int ranks, int? microBatch)
    {
        var config = TinyConfig.CoCa;
        var options = Options with { MicroBatch = microBatch };
        void Shorten(Tensor tokens)
        {
            for (var text = 0L; text < tokens.shape[0]; text++)
                tokens[text, Math.Max(1, (int)(text / 2) * (config.Text.ContextLength - 1) / 3)..] = 0;
        }
        using var start = TinyConfig.Create(config);
        using var one = TinyConfig.Create(config);
        var expected = new Reports();
        using (var trainer = new Trainer(one, options))
            trainer.Run(new SyntheticPairs(config) { SpoilTokens = Shorten }, expected);

        Train(ranks, options, config, (group, network, reports) =>
        {
            Assert.Equal(expected.All.Select(report => report.Loss), reports.All.Select(report => report.Loss), (a, b) => Math.Abs(a - b) < 1e-5 * a);
            RequireNear(start, one, network, 1e-3);
        }, spoilTokens: Shorten);
    }

    [Fact]
    public void Run_NotFiniteOnOneRank_IsSkippedByAll()
    {
        var config = TinyConfig.VisionTransformer;
        Train(2, Options, config, (group, network, reports) =>
        {
            Assert.Equal([true, false, true, true], reports.All.Select(report => report.SkipReason is null));
            Assert.All(network.named_parameters(), entry => Assert.True(isfinite(entry.parameter).all().item<bool>(), entry.name));
        }, spoil: (batch, pixels) =>
        {
            if (batch == 1)
                pixels.narrow(0, 0, 1).fill_(float.NaN);
        });
    }

    [Fact]
    public void Run_StoppedOnOneRank_StopsAllAfterTheSameStepWithACheckpoint_AndResumesToTheBit()
    {
        var config = TinyConfig.VisionTransformer;
        var whole = Options with { Checkpoints = new CheckpointOptions { Folder = _folder.File("whole"), EverySteps = 2 } };
        var parts = Options with { Checkpoints = new CheckpointOptions { Folder = _folder.File("parts"), EverySteps = 100 } };
        Train(2, whole, config);

        // Made one after another: all draw from one generator.
        DualEncoder[] begun = [TinyConfig.Create(config), TinyConfig.Create(config)], resumed = [TinyConfig.Create(config, seed: 50), TinyConfig.Create(config, seed: 51)];
        LocalProcessGroup.Run(2, group =>
        {
            using var network = begun[group.Rank];
            using var stop = new CancellationTokenSource();
            using var trainer = new Trainer(network, parts, group: group);
            var reports = new Reports(report =>
            {
                if (report.Step == 2 && group.Rank == 1)
                    stop.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() => trainer.Run(Pairs(config, group), reports, stop.Token));
            Assert.Equal(2, trainer.CompletedSteps);
        });
        LocalProcessGroup.Run(2, group =>
        {
            using var network = resumed[group.Rank];
            using var trainer = new Trainer(network, parts, group: group);
            Assert.True(trainer.TryResume());
            trainer.Run(Pairs(config, group));
        });

        foreach (var file in Directory.GetFiles(_folder.File("whole/step-000004"), "*.safetensors"))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace("whole", "parts", StringComparison.Ordinal)));
    }

    [Fact]
    public void TryResume_WithAnotherNumberOfRanks_GoesOnAtTheSamePair()
    {
        var config = TinyConfig.VisionTransformer;
        using var start = TinyConfig.Create(config);
        using var one = TinyConfig.Create(config);
        using (var trainer = new Trainer(one, Options))
            trainer.Run(new SyntheticPairs(config));

        var options = Options with { Checkpoints = new CheckpointOptions { Folder = _folder.File("run"), EverySteps = 2 } };
        Train(4, options, config);
        Directory.Delete(_folder.File("run/step-000004"), recursive: true);
        Train(2, options, config, (_, network, reports) =>
        {
            Assert.Equal([3, 4], reports.All.Select(report => report.Step));
            RequireNear(start, one, network, 1e-3);
        });
    }

    [Fact]
    public void Save_RankWithOtherWeights_ThrowsAndNamesIt()
    {
        var config = TinyConfig.VisionTransformer;
        var options = Options with { Checkpoints = new CheckpointOptions { Folder = _folder.File("run"), EverySteps = 1 } };

        var failure = Assert.Throws<AggregateException>(() => LocalProcessGroup.Run(2, group =>
        {
            using var network = TinyConfig.Create(config);
            using var trainer = new Trainer(network, options, group: group);
            if (group.Rank == 1)
            {
                using (no_grad())
                    network.parameters().Last().add_(1);
            }
            trainer.Run(Pairs(config, group));
        }));

        Assert.Contains("rank 1 has other weights", failure.InnerExceptions[0].Message);
        Assert.Empty(Directory.Exists(_folder.File("run")) ? Directory.GetDirectories(_folder.File("run")) : []);
    }

    [Fact]
    public void Run_OneRankFails_EndsAll()
    {
        var config = TinyConfig.VisionTransformer;

        var failure = Assert.Throws<AggregateException>(() => LocalProcessGroup.Run(2, group =>
        {
            using var network = TinyConfig.Create(config);
            using var trainer = new Trainer(network, Options, group: group);
            trainer.Run(Pairs(config, group, (batch, _) =>
            {
                if (batch == 2 && group.Rank == 1)
                    throw new IOException("the disk is gone");
            }));
        }));

        Assert.Equal("the disk is gone", failure.InnerExceptions[0].Message);
        Assert.Contains("the disk is gone", failure.InnerExceptions[1].Message);
    }

    [Fact]
    public void Create_BatchThatDoesNotDivide_ThrowsArgumentException() => LocalProcessGroup.Run(3, group =>
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        var exception = Assert.Throws<ArgumentException>(() => new Trainer(network, Options, group: group));
        Assert.Contains("BatchSize is 8, which does not divide into 3 ranks", exception.Message);
    });

    private static RankPairs Pairs(DualEncoderConfig config, IProcessGroup group, Action<long, Tensor>? spoil = null, Action<Tensor>? spoilTokens = null) =>
        new(new SyntheticPairs(config) { Spoil = spoil, SpoilTokens = spoilTokens }, group);

    // Only the first rank begins with the weights of the seed; the trainer gives them to the others.
    private static void Train(
        int ranks, TrainerOptions options, DualEncoderConfig config, Action<IProcessGroup, DualEncoder, Reports>? check = null, Action<long, Tensor>? spoil = null,
        Action<Tensor>? spoilTokens = null)
    {
        var networks = Enumerable.Range(0, ranks).Select(rank => TinyConfig.Create(config, seed: 1 + rank)).ToArray();
        LocalProcessGroup.Run(ranks, group =>
        {
            using var network = networks[group.Rank];
            using var scope = NewDisposeScope();
            var reports = new Reports();
            using var trainer = new Trainer(network, options, group: group);
            if (options.Checkpoints is not null)
                trainer.TryResume();
            trainer.Run(Pairs(config, group, spoil, spoilTokens), reports);
            check?.Invoke(group, network, reports);
        });
    }

    private static void RequireNear(DualEncoder start, DualEncoder expected, DualEncoder actual, double share) =>
        RequireNear(start.state_dict(), expected.state_dict(), actual.state_dict(), share);

    private static void RequireNear(Dictionary<string, Tensor> from, Dictionary<string, Tensor> expected, Dictionary<string, Tensor> to, double share)
    {
        double moved = 0, apart = 0;
        foreach (var (name, value) in expected)
        {
            moved = Math.Max(moved, (value - from[name]).abs().max().to(ScalarType.Float64).item<double>());
            apart = Math.Max(apart, (value - to[name]).abs().max().to(ScalarType.Float64).item<double>());
        }
        Assert.True(moved > 1e-4 && apart < share * moved, $"Weights moved by {moved:G3} and are {apart:G3} apart.");
    }

    private static TrainerOptions OptionsFor(string kind) => kind switch
    {
        "plain" => Options,
        "local loss, clipped" => Options with { LocalLoss = true, MaxGradientNorm = 0.5 },
        "micro-batches, average" => Options with { MicroBatch = 2, AverageDecay = 0.9 },
        "adapters" => Options with { Lora = new LoraOptions { Rank = 2, Alpha = 4 } },
        "bfloat16" => Options with { Precision = Clip.Runtime.Precision.BFloat16 },
        "locked tower" => Options with { LockImage = new TowerLock() },
        "chunks" => Options with { LossChunk = 3 },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
