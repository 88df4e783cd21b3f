using Clip.Models;
using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training;
using Clip.Training.Checkpoints;
using Clip.Training.Schedules;
using Shapes.World;

namespace Shapes.Training;

/// <summary>What the bundled model is made of: its sizes, its world and how it is trained.</summary>
internal sealed record Recipe
{
    /// <summary>Side of the pictures, in pixels.</summary>
    public const int Resolution = 48;

    /// <summary>Tokens per caption, start and end included; the longest of the world's captions has fewer.</summary>
    public const int ContextLength = 32;

    /// <summary>The most tokens of the vocabulary.</summary>
    public const int VocabularySize = 1024;

    /// <summary>Captions that the vocabulary is learned from.</summary>
    public const int VocabularyCaptions = 20_000;

    // Apart, so that no picture is both trained on and measured with.
    public const long TrainingSeed = 1;
    public const long ValidationSeed = 2;
    public const long TestSeed = 3;
    public const long RetrievalSeed = 4;
    public const long BaselineSeed = 5;
    public const long GraySeed = 6;
    public const long SecondGraySeed = 7;

    /// <summary>Training steps of all phases.</summary>
    public int Steps { get; init; } = 8000;

    /// <summary>Pairs per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Highest learning rate.</summary>
    public double PeakRate { get; init; } = 5e-4;

    /// <summary>Pictures in a row that differ in shape alone.</summary>
    public int FamilySize { get; init; } = 4;

    /// <summary>First all of the world, from plain pictures on; then, from a lower rate and twice, a world with black and white pictures.</summary>
    public IReadOnlyList<Phase> Phases =>
    [
        new() { Name = "checkpoints", Steps = Steps - 2 * GraySteps, PeakRate = PeakRate, Seed = TrainingSeed, PlainShare = 0.25 },
        new() { Name = "checkpoints-gray", Steps = GraySteps, PeakRate = 0.8 * PeakRate, Seed = GraySeed, GrayShare = 0.3 },
        new() { Name = "checkpoints-gray-again", Steps = GraySteps, PeakRate = 0.8 * PeakRate, Seed = SecondGraySeed, GrayShare = 0.3 },
    ];

    /// <summary>Seed of the first weights.</summary>
    public int Seed { get; init; }

    /// <summary>What the image tower sees: the original models' preprocessing at this model's resolution.</summary>
    public static PreprocessingConfig Preprocessing { get; } = PreprocessingConfig.OpenAI(Resolution);

    /// <summary>How captions become tokens: as open_clip does by default, with a shorter context.</summary>
    public static ClipTokenizerOptions Tokenization { get; } = ClipTokenizerOptions.OpenClip with { ContextLength = ContextLength };

    /// <summary>The pictures and captions of a phase.</summary>
    public ShapeWorld World(Phase phase) =>
        new(phase.Seed, Combinations.Seen, FamilySize, (long)(phase.PlainShare * phase.Steps * BatchSize), phase.GrayShare);

    /// <summary>The architecture for a vocabulary.</summary>
    public static DualEncoderConfig Model(int vocabularySize) => new()
    {
        EmbeddingSize = 128,
        Image = new VisionTransformerConfig
        {
            Resolution = new ImageSize(Resolution, Resolution),
            PatchSize = 6,
            Pooling = ImagePooling.Average,
            PositionEmbedding = PositionEmbedding.SinCos2D,
            Transformer = Transformer(width: 128, layers: 4, heads: 4),
        },
        Text = new ClipTextConfig
        {
            ContextLength = ContextLength,
            VocabularySize = vocabularySize,
            Transformer = Transformer(width: 128, layers: 2, heads: 2),
        },
    };

    /// <summary>How to train in a phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="folder">Where checkpoints go.</param>
    public TrainerOptions Options(Phase phase, string folder) => new()
    {
        Steps = phase.Steps,
        BatchSize = BatchSize,
        Schedule = new CosineSchedule(phase.PeakRate, WarmupSteps: Math.Min(150, phase.Steps / 4), phase.Steps),
        WeightDecay = 0.1,
        MaxGradientNorm = 1,
        Seed = Seed,
        EvaluateEverySteps = 250,
        Checkpoints = new CheckpointOptions { Folder = Path.Combine(folder, phase.Name), EverySteps = 250, Keep = 2 },
    };

    private int GraySteps => Steps * 3 / 16;

    private static TransformerConfig Transformer(int width, int layers, int heads) => new()
    {
        Width = width,
        Layers = layers,
        Heads = heads,
        PerceptronWidth = 4 * width,
        Activation = Activation.Gelu,
    };
}
