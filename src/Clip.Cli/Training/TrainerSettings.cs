using System.CommandLine;
using Clip.Cli.Options;
using Clip.Losses;
using Clip.Training;
using Clip.Training.Checkpoints;
using Clip.Training.FineTuning;
using Clip.Training.Schedules;

namespace Clip.Cli.Training;

/// <summary>The options that say how a model is trained.</summary>
internal sealed class TrainerSettings
{
    // The paper's warm-up (Radford et al. 2021, table 18), and a tenth of runs that are shorter than its own.
    private const int LongestUsualWarmup = 2000;

    // Radford et al. 2021, table 20, for ViT-B/32; a fine-tuned model forgets what it knew at such a rate.
    private const double FreshRate = 5e-4;
    private const double FineTuningRate = 1e-5;

    private const double LeastPositive = 1e-12;
    private const int MostSteps = 1_000_000_000;

    private readonly Option<int?> _steps = Values.Whole("--steps", "Steps in all.", 1, MostSteps);

    private readonly Option<int?> _batchSize = Values.Whole("--batch-size", "Pairs of a step; each is compared with every other.", 1, 1 << 20, fallback: 64);

    private readonly Option<int?> _microBatch = Values.Whole("--micro-batch", "Pairs in the towers at a time: less memory, the same gradient. Default: all of a step.", 1, 1 << 20);

    private readonly Option<double?> _learningRate = Values.Number("--learning-rate", "The highest learning rate. Default: 1e-5 with --init, 5e-4 with --preset.", LeastPositive, 10);

    private readonly Option<int?> _warmup = Values.Whole("--warmup", "Steps in which the learning rate rises. Default: a tenth of --steps, at most 2000.", 0, MostSteps);

    private readonly Option<string?> _schedule = Values.Choice("--schedule", "The learning rate after the warm-up.", "cosine", "cosine", "constant", "cooldown");

    private readonly Option<int?> _cooldown = Values.Whole("--cooldown", "With --schedule cooldown, the last steps, in which the learning rate falls to zero.", 1, MostSteps);

    private readonly Option<double?> _weightDecay = WithDefault(Values.Number("--weight-decay", "Weight decay of AdamW.", 0, 100), 0.2);

    private readonly Option<double?> _maxGradientNorm = Values.Number("--max-gradient-norm", "Shorten gradients that are longer.", LeastPositive, 1e9);

    private readonly Option<string?> _precision = Values.Choice(
        "--precision", "Numbers of the towers; the weights that are trained are float32. auto: what suits the device.", "f32", "f32", "bf16", "f16", "auto");

    private readonly Option<string?> _loss = Values.Choice("--loss", "CLIP's softmax or SigLIP's sigmoid. Default: the model's own.", null, "clip", "siglip");

    private readonly Option<double?> _contrastiveWeight = WithDefault(
        Values.Number("--contrastive-loss-weight", "Of a model that writes captions, the weight of --loss; 0 trains captions alone.", 0, 1e6), 1);

    private readonly Option<double?> _captionWeight = WithDefault(
        Values.Number("--caption-loss-weight", "Of a model that writes captions, the weight of the loss over them; 0 leaves its decoder as it is.", 0, 1e6), 2);

    private readonly Option<bool> _lockImage = new("--lock-image") { Description = "Keep the image tower as it is." };

    private readonly Option<bool> _lockText = new("--lock-text") { Description = "Keep the text tower as it is." };

    private readonly Option<int?> _unlockedImageGroups = Values.Whole("--unlocked-image-groups", "Groups of the locked image tower, from its output, that are trained all the same.", 0, 10_000);

    private readonly Option<int?> _unlockedTextGroups = Values.Whole("--unlocked-text-groups", "Groups of the locked text tower, from its output, that are trained all the same.", 0, 10_000);

    private readonly Option<int?> _lora = Values.Whole("--lora", "Train changes of this rank in place of the weights.", 1, 10_000, helpName: "RANK");

    private readonly Option<double?> _loraAlpha = Values.Number("--lora-alpha", "The change is multiplied by this divided by the rank. Default: twice the rank.", LeastPositive, 1e6);

    private readonly Option<bool> _noKernels = new("--no-kernels") { Description = "Compute with libtorch's operators alone, not with the library's kernels." };

    private readonly Option<bool> _recompute = new("--recompute") { Description = "Compute activations again in the backward pass: less memory, more time." };

    private readonly Option<bool> _syncBatchNorm = new("--sync-batch-norm") { Description = "With several ranks: batch norms take their statistics from the images of all." };

    private readonly Option<double?> _averageDecay = Values.Number("--average-decay", "Keep a moving average of the weights, such as 0.999, and write its model too.", 0.01, 0.9999999);

    private readonly Option<int?> _seed = Values.Whole("--seed", "Seed of all that is random.", 0, int.MaxValue, fallback: 0);

    private readonly Option<int?> _checkpointEvery = Values.Whole("--checkpoint-every", "Steps between checkpoints.", 1, MostSteps, fallback: 1000);

    private readonly Option<int?> _keep = Values.Whole("--keep", "How many of the newest checkpoints are kept.", 1, 1_000_000, fallback: 3);

    private readonly Option<int?> _evaluateEvery = Values.Whole("--evaluate-every", "Steps between measures on --validation. Default: at the end only.", 1, MostSteps);

    private readonly Option<string?> _bestMetric = Values.Choice(
        "--best-metric", "Keep the best checkpoint by this measure too.", null,
        "image_to_text_R@1", "image_to_text_R@5", "image_to_text_R@10", "text_to_image_R@1", "text_to_image_R@5", "text_to_image_R@10");

    private readonly Option<string?> _tensorBoard = Values.Text("--tensorboard", "Folder for TensorBoard's event files.", "FOLDER");

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        _steps, _batchSize, _microBatch, _learningRate, _warmup, _schedule, _cooldown, _weightDecay, _maxGradientNorm, _precision, _loss,
        _contrastiveWeight, _captionWeight, _lockImage, _unlockedImageGroups, _lockText, _unlockedTextGroups, _lora, _loraAlpha, _recompute, _noKernels, _syncBatchNorm,
        _averageDecay, _seed,
        _checkpointEvery, _keep, _evaluateEvery, _bestMetric, _tensorBoard,
    ];

    /// <summary>Whether SigLIP's loss was asked for.</summary>
    public bool IsSigLip(Invocation invocation) => invocation.Get(_loss) == "siglip";

    /// <summary>Refuses weights of losses that a model does not have.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="canCaption">Whether the model writes captions.</param>
    /// <exception cref="UsageException">It does not, and the weights are stated.</exception>
    public void RequireLosses(Invocation invocation, bool canCaption)
    {
        foreach (var option in (Option[])[_contrastiveWeight, _captionWeight])
        {
            if (!canCaption && invocation.IsGiven(option))
                throw new UsageException($"{option.Name} is for models that write captions, such as CoCa's, which this one does not. Leave it out.");
        }
    }

    /// <summary>The loss that was asked for; null for the model's own.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="ranks">Whose pairs are compared.</param>
    public ContrastiveLoss? CreateLoss(Invocation invocation, TrainingRanks ranks) => invocation.Get(_loss) switch
    {
        "clip" => ranks.CreateClipLoss(),
        "siglip" => new SigLipLoss(gatherer: ranks.Group),
        null => null,
        var word => throw new UsageException($"There is no loss '{word}'."),
    };

    /// <summary>Makes the trainer's options.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="isFresh">Whether the model is a fresh one.</param>
    /// <param name="hasValidation">Whether there is data to measure on.</param>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public TrainerOptions Create(Invocation invocation, string folder, bool isFresh, bool hasValidation)
    {
        var steps = invocation.Get(_steps) ?? throw new UsageException("Give --steps, how many steps there are in all.");
        RequireConsistent(invocation, steps, hasValidation);
        return new TrainerOptions
        {
            Steps = steps,
            BatchSize = invocation.Get(_batchSize)!.Value,
            MicroBatch = invocation.Get(_microBatch),
            Schedule = CreateSchedule(invocation, steps, invocation.Get(_learningRate) ?? (isFresh ? FreshRate : FineTuningRate)),
            WeightDecay = invocation.Get(_weightDecay)!.Value,
            MaxGradientNorm = invocation.Get(_maxGradientNorm),
            ContrastiveLossWeight = invocation.Get(_contrastiveWeight)!.Value,
            CaptionLossWeight = invocation.Get(_captionWeight)!.Value,
            Precision = DeviceOptions.Parse(invocation.Get(_precision)),
            LockImage = invocation.Get(_lockImage) ? new TowerLock { UnlockedGroups = invocation.Get(_unlockedImageGroups) ?? 0 } : null,
            LockText = invocation.Get(_lockText) ? new TowerLock { UnlockedGroups = invocation.Get(_unlockedTextGroups) ?? 0 } : null,
            Lora = invocation.Get(_lora) is { } rank ? new LoraOptions { Rank = rank, Alpha = invocation.Get(_loraAlpha) ?? 2 * rank } : null,
            RecomputeActivations = invocation.Get(_recompute),
            UseKernels = !invocation.Get(_noKernels),
            SynchronizeBatchNorms = invocation.Get(_syncBatchNorm),
            AverageDecay = invocation.Get(_averageDecay),
            Seed = invocation.Get(_seed)!.Value,
            EvaluateEverySteps = invocation.Get(_evaluateEvery),
            TensorBoardFolder = invocation.Get(_tensorBoard),
            Checkpoints = new CheckpointOptions
            {
                Folder = folder,
                EverySteps = invocation.Get(_checkpointEvery)!.Value,
                Keep = invocation.Get(_keep)!.Value,
                BestMetric = invocation.Get(_bestMetric),
            },
        };
    }

    private LearningRateSchedule CreateSchedule(Invocation invocation, int steps, double rate)
    {
        var warmup = invocation.Get(_warmup) ?? Math.Min(LongestUsualWarmup, steps / 10);
        return invocation.Get(_schedule) switch
        {
            "constant" => new ConstantSchedule(rate, warmup),
            "cooldown" => new CooldownSchedule(rate, warmup, steps, invocation.Get(_cooldown)!.Value),
            "cosine" or null => new CosineSchedule(rate, warmup, steps),
            var word => throw new UsageException($"There is no schedule '{word}'."),
        };
    }

    private void RequireConsistent(Invocation invocation, int steps, bool hasValidation)
    {
        Require(!(invocation.Get(_microBatch) > invocation.Get(_batchSize)), $"--micro-batch must not be more than --batch-size, {invocation.Get(_batchSize)}.");
        Require(
            invocation.Get(_contrastiveWeight) > 0 || invocation.Get(_captionWeight) > 0,
            "--contrastive-loss-weight and --caption-loss-weight must not both be 0.");
        Require(!(invocation.Get(_warmup) > steps), $"--warmup must not be more than --steps, {steps}.");
        Require(!(invocation.Get(_cooldown) > steps), $"--cooldown must not be more than --steps, {steps}.");
        Require((invocation.Get(_schedule) == "cooldown") == (invocation.Get(_cooldown) is not null), "--schedule cooldown and --cooldown belong together.");
        Require(invocation.Get(_lockImage) || invocation.Get(_unlockedImageGroups) is null, "--unlocked-image-groups needs --lock-image.");
        Require(invocation.Get(_lockText) || invocation.Get(_unlockedTextGroups) is null, "--unlocked-text-groups needs --lock-text.");
        Require(invocation.Get(_lora) is not null || invocation.Get(_loraAlpha) is null, "--lora-alpha needs --lora.");
        Require(
            invocation.Get(_lora) is null || !(invocation.Get(_lockImage) || invocation.Get(_lockText)),
            "--lora already keeps the weights of both towers; leave out --lock-image and --lock-text.");
        Require(hasValidation || invocation.Get(_evaluateEvery) is null, "--evaluate-every needs --validation.");
        Require(hasValidation || invocation.Get(_bestMetric) is null, "--best-metric needs --validation.");

        static void Require(bool holds, string message)
        {
            if (!holds)
                throw new UsageException(message);
        }
    }

    private static Option<double?> WithDefault(Option<double?> option, double value)
    {
        option.DefaultValueFactory = _ => value;
        return option;
    }
}
