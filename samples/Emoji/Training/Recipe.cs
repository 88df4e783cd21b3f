using Clip.Models;
using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.Schedules;

namespace Emoji.Training;

/// <summary>What the bundled model is made of: its sizes, its data and how it is trained.</summary>
internal sealed record Recipe
{
    /// <summary>Side of the images, in pixels.</summary>
    public const int Resolution = 64;

    /// <summary>Tokens per caption, start and end included; longer captions are cut.</summary>
    public const int ContextLength = 24;

    /// <summary>The most tokens of the vocabulary.</summary>
    public const int VocabularySize = 6000;

    /// <summary>Training steps of all phases.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Pairs per step, each of another emoji.</summary>
    public int BatchSize { get; init; } = 96;

    /// <summary>Highest learning rate.</summary>
    public double PeakRate { get; init; } = 1e-3;

    /// <summary>Seed of the first weights.</summary>
    public int Seed { get; init; }

    /// <summary>English names first, then all that captions can say: a text tower that is told one thing of each emoji soon tells them apart.</summary>
    public IReadOnlyList<Phase> Phases =>
    [
        new() { Name = "names", Steps = NamesSteps, PeakRate = 2 * PeakRate, Rounds = 60, Seed = 1, IsPlain = true },
        new() { Name = "captions", Steps = Steps - NamesSteps, PeakRate = 1.5 * PeakRate, Rounds = 80, Seed = 2 },
    ];

    /// <summary>What the image tower sees: the original models' preprocessing at this model's resolution.</summary>
    public static PreprocessingConfig Preprocessing { get; } = PreprocessingConfig.OpenAI(Resolution);

    /// <summary>How captions become tokens: as open_clip does by default, with a shorter context.</summary>
    public static ClipTokenizerOptions Tokenization { get; } = ClipTokenizerOptions.OpenClip with { ContextLength = ContextLength };

    /// <summary>What the library varies in each epoch, beside what the shards vary.</summary>
    public static AugmentationConfig Augmentation { get; } = new()
    {
        MinScale = 0.8,
        MinAspectRatio = 0.9,
        MaxAspectRatio = 1.1,
        ColorJitterProbability = 0.8,
        Brightness = 0.25,
        Contrast = 0.3,
        Saturation = 0.5,
        Hue = 0.05,
        GrayscaleProbability = 0.1,
    };

    /// <summary>The architecture for a vocabulary.</summary>
    public static DualEncoderConfig Model(int vocabularySize) => new()
    {
        EmbeddingSize = 128,
        Image = new ModifiedResNetConfig
        {
            Resolution = new ImageSize(Resolution, Resolution),
            Blocks = [1, 2, 2, 1],
            Width = 16,
            Heads = 8,
        },
        Text = new ClipTextConfig
        {
            ContextLength = ContextLength,
            VocabularySize = vocabularySize,
            Transformer = new TransformerConfig { Width = 128, Layers = 2, Heads = 4, MlpWidth = 512, Activation = Activation.Gelu },
        },
    };

    /// <summary>How pairs are read.</summary>
    public PairSourceOptions Reading(ClipTokenizer tokenizer) => new()
    {
        Preprocessing = Preprocessing,
        Tokenizer = tokenizer,
        Augmentation = Augmentation,
        Seed = Seed,
    };

    /// <summary>How to train.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="folder">Where checkpoints go.</param>
    public TrainerOptions Options(Phase phase, string folder) => new()
    {
        Steps = phase.Steps,
        BatchSize = BatchSize,
        Schedule = new CosineSchedule(phase.PeakRate, WarmupSteps: Math.Min(100, phase.Steps / 5), phase.Steps),
        WeightDecay = 0.1,
        MaxGradientNorm = 1,
        AverageDecay = 0.995,
        Seed = Seed,
        EvaluateEverySteps = 400,
        Checkpoints = new CheckpointOptions { Folder = folder, EverySteps = 200, Keep = 2 },
    };

    private int NamesSteps => Steps * 4 / 9;
}
