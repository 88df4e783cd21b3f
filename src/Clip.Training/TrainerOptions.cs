using Clip.Models;
using Clip.Runtime;
using Clip.Training.Checkpoints;
using Clip.Training.FineTuning;
using Clip.Training.Optimization;
using Clip.Training.Schedules;

namespace Clip.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainerOptions
{
    /// <summary>How many steps there are in all, resumed ones included. Positive.</summary>
    public required long Steps { get; init; }

    /// <summary>Pairs per step, of all ranks together; each is compared with every other. At least 1, and a multiple of the number of ranks.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The learning rate of each step.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>
    /// Pairs that are in the towers with a graph at a time: the memory of this many, with the gradient of the whole batch, for
    /// one forward pass more. Null for the whole batch at once.
    /// </summary>
    public int? MicroBatch { get; init; }

    /// <summary>Rows of the logits that the loss holds at a time; null for all. Memory of chunk x batch, with the same gradient.</summary>
    public int? LossChunk { get; init; }

    /// <summary>
    /// With several ranks, whether each compares its own images and texts with all others, rather than all with all: the same gradient for a share of
    /// the products. Null for yes from 8 ranks on. SigLIP's loss has its own way of sharing.
    /// </summary>
    public bool? LocalLoss { get; init; }

    /// <summary>
    /// With several ranks, whether batch norms take their statistics from the images of all ranks rather than of their own, for two exchanges of a
    /// few numbers per norm and pass. With <see cref="MicroBatch"/> those of one micro-batch of each rank. Without ranks it changes nothing.
    /// </summary>
    public bool SynchronizeBatchNorms { get; init; }

    /// <summary>
    /// The weight of the contrastive loss of a model that writes captions, beside <see cref="CaptionLossWeight"/>; 0 trains its captions alone.
    /// Other models have no other loss. Not negative.
    /// </summary>
    public double ContrastiveLossWeight { get; init; } = 1;

    /// <summary>
    /// The weight of the loss over captions (<see cref="Losses.CaptionLoss"/>) of a model that writes them; 0 leaves its decoder as it is.
    /// Not negative; 2 unless set (Yu et al. 2022, "CoCa", section 4.1).
    /// </summary>
    public double CaptionLossWeight { get; init; } = 2;

    /// <summary>Settings of the optimizer.</summary>
    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>Weight decay (Radford et al. 2021, table 18). Not negative.</summary>
    public double WeightDecay { get; init; } = 0.2;

    /// <summary>Which weights decay.</summary>
    public WeightDecayRule WeightDecayRule { get; init; } = WeightDecayRule.ExceptGainsAndBiases;

    /// <summary>The longest gradient; a longer one is shortened to it. Null for no limit.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>
    /// The precision of the towers. In half precision they compute with rounded copies of weights that stay in float32, and
    /// float16 scales the loss. <see cref="Runtime.Precision.Auto"/> takes what inference would take on the model's device.
    /// </summary>
    public Runtime.Precision Precision { get; init; } = Runtime.Precision.Float32;

    /// <summary>Whether transformer blocks compute their activations again in the backward pass instead of keeping them.</summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>
    /// Whether the library's own kernels compute the towers where they can (<see cref="DualEncoder.UseTrainingKernels"/>): in float32 on a CPU with
    /// AVX2. Otherwise libtorch's operators do.
    /// </summary>
    public bool UseKernels { get; init; } = true;

    /// <summary>Keeps the image tower, or all but its last groups, as it is; null to train it.</summary>
    public TowerLock? LockImage { get; init; }

    /// <summary>Keeps the text tower, or all but its last groups, as it is; null to train it.</summary>
    public TowerLock? LockText { get; init; }

    /// <summary>Trains low-rank changes in place of the weights; null to train the weights. Not together with locked towers.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>How much of the moving average of the weights a step keeps, such as 0.999; null for no average.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>
    /// Seed of everything random in a step. What a step draws is a function of this and the step's number, so that a resumed
    /// run draws what an uninterrupted one draws.
    /// </summary>
    public long Seed { get; init; }

    /// <summary>How many steps in a row may be left out because they were not finite before training stops. Positive.</summary>
    public int MaxSkippedInARow { get; init; } = 10;

    /// <summary>Steps between evaluations; null for none but the last.</summary>
    public long? EvaluateEverySteps { get; init; }

    /// <summary>Where and how often to save; null for never.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>Folder for TensorBoard's event files; null for none.</summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>Finds what is out of range or contradictory.</summary>
    /// <exception cref="ArgumentException">Something is; the message names it.</exception>
    public void Validate()
    {
        RequirePositive(Steps, nameof(Steps));
        RequirePositive(BatchSize, nameof(BatchSize));
        RequirePositive(MicroBatch ?? 1, nameof(MicroBatch));
        RequirePositive(LossChunk ?? 1, nameof(LossChunk));
        RequirePositive(MaxSkippedInARow, nameof(MaxSkippedInARow));
        RequirePositive(EvaluateEverySteps ?? 1, nameof(EvaluateEverySteps));
        if (!Enum.IsDefined(WeightDecayRule))
            throw new ArgumentException($"{nameof(WeightDecayRule)} has no value {WeightDecayRule}.");
        if (!Enum.IsDefined(Precision))
            throw new ArgumentException($"{nameof(Precision)} has no value {Precision}.");
        if (!(WeightDecay >= 0))
            throw new ArgumentException($"{nameof(WeightDecay)} must not be negative but is {WeightDecay}.");
        RequireWeight(ContrastiveLossWeight, nameof(ContrastiveLossWeight));
        RequireWeight(CaptionLossWeight, nameof(CaptionLossWeight));
        if (ContrastiveLossWeight == 0 && CaptionLossWeight == 0)
            throw new ArgumentException($"{nameof(ContrastiveLossWeight)} and {nameof(CaptionLossWeight)} are both 0, which leaves nothing to train for.");
        if (MaxGradientNorm is { } norm && !(norm > 0))
            throw new ArgumentException($"{nameof(MaxGradientNorm)} must be positive but is {norm}.");
        if (AverageDecay is { } decay && !(decay is > 0 and < 1))
            throw new ArgumentException($"{nameof(AverageDecay)} must be between 0 and 1 but is {decay}.");
        if (Lora is not null && (LockImage is not null || LockText is not null))
            throw new ArgumentException($"{nameof(Lora)} already keeps the weights of both towers; choose its towers in its own options.");
        Schedule.Validate();
        Optimizer.Validate();
        LockImage?.Validate(nameof(LockImage));
        LockText?.Validate(nameof(LockText));
        Lora?.Validate(nameof(Lora));
        Checkpoints?.Validate(nameof(Checkpoints));

        static void RequirePositive(long value, string name)
        {
            if (value <= 0)
                throw new ArgumentException($"{name} must be positive but is {value}.");
        }

        static void RequireWeight(double value, string name)
        {
            if (!(value >= 0 && double.IsFinite(value)))
                throw new ArgumentException($"{name} must not be negative but is {value}.");
        }
    }

    /// <summary>The settings that fix what the weights become, as text; a resumed run has the same.</summary>
    internal SortedDictionary<string, string> Describe() => new(StringComparer.Ordinal)
    {
        [nameof(Steps)] = SettingsText.Of(Steps),
        [nameof(BatchSize)] = SettingsText.Of(BatchSize),
        [nameof(MicroBatch)] = SettingsText.Of(MicroBatch),
        [nameof(LossChunk)] = SettingsText.Of(LossChunk),
        [nameof(Schedule)] = SettingsText.Of(Schedule, Steps),
        [nameof(ContrastiveLossWeight)] = SettingsText.Of(ContrastiveLossWeight),
        [nameof(CaptionLossWeight)] = SettingsText.Of(CaptionLossWeight),
        [nameof(Optimizer)] = SettingsText.Of(Optimizer),
        [nameof(WeightDecay)] = SettingsText.Of(WeightDecay),
        [nameof(WeightDecayRule)] = WeightDecayRule.ToString(),
        [nameof(MaxGradientNorm)] = SettingsText.Of(MaxGradientNorm),
        [nameof(Precision)] = Precision.ToString(),
        [nameof(LockImage)] = SettingsText.Of(LockImage),
        [nameof(LockText)] = SettingsText.Of(LockText),
        [nameof(Lora)] = SettingsText.Of(Lora),
        [nameof(AverageDecay)] = SettingsText.Of(AverageDecay),
        [nameof(Seed)] = SettingsText.Of(Seed),
    };
}
