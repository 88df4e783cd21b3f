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

    /// <summary>Training steps.</summary>
    public int Steps { get; init; } = 5000;

    /// <summary>Pairs per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Highest learning rate.</summary>
    public double PeakRate { get; init; } = 5e-4;

    /// <summary>Pictures in a row that differ in shape alone.</summary>
    public int FamilySize { get; init; } = 4;

    /// <summary>The share of the run in which plain pictures give way to the usual ones.</summary>
    public double PlainShare { get; init; } = 0.25;

    /// <summary>Seed of the first weights.</summary>
    public int Seed { get; init; }

    /// <summary>What the image tower sees: the original models' preprocessing at this model's resolution.</summary>
    public static PreprocessingConfig Preprocessing { get; } = PreprocessingConfig.OpenAI(Resolution);

    /// <summary>How captions become tokens: as open_clip does by default, with a shorter context.</summary>
    public static ClipTokenizerOptions Tokenization { get; } = ClipTokenizerOptions.OpenClip with { ContextLength = ContextLength };

    /// <summary>The pictures and captions to train on.</summary>
    public ShapeWorld TrainingWorld =>
        new(TrainingSeed, Combinations.Seen, FamilySize, (long)(PlainShare * Steps * BatchSize));

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
        Text = new TextTowerConfig
        {
            ContextLength = ContextLength,
            VocabularySize = vocabularySize,
            Transformer = Transformer(width: 128, layers: 2, heads: 2),
        },
    };

    /// <summary>How to train.</summary>
    /// <param name="folder">Where checkpoints go.</param>
    public TrainerOptions Options(string folder) => new()
    {
        Steps = Steps,
        BatchSize = BatchSize,
        Schedule = new CosineSchedule(PeakRate, WarmupSteps: Math.Min(150, Steps / 4), Steps),
        WeightDecay = 0.1,
        MaxGradientNorm = 1,
        Seed = Seed,
        EvaluateEverySteps = 250,
        Checkpoints = new CheckpointOptions { Folder = Path.Combine(folder, "checkpoints"), EverySteps = 250, Keep = 2 },
    };

    private static TransformerConfig Transformer(int width, int layers, int heads) => new()
    {
        Width = width,
        Layers = layers,
        Heads = heads,
        PerceptronWidth = 4 * width,
        Activation = Activation.Gelu,
    };
}
