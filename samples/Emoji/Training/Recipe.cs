using Clip.Models;
using Clip.Preprocessing;
using Clip.Tokenization;

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

    /// <summary>Channels of the embeddings.</summary>
    public const int EmbeddingSize = 128;

    /// <summary>What cosine similarities are multiplied by.</summary>
    public const double LogitScale = 16;

    /// <summary>Seed of the first weights.</summary>
    public int Seed { get; init; }

    /// <summary>Threads that share a batch of images. It changes what batch norms see, so it is the same on every machine.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>How the image tower is trained.</summary>
    public PartOfRecipe Images { get; init; } = new() { Steps = 6400, BatchSize = 128, PeakRate = 2e-3, Seed = 1 };

    /// <summary>How the text tower is trained.</summary>
    public PartOfRecipe Captions { get; init; } = new() { Steps = 4000, BatchSize = 256, PeakRate = 2e-3, Seed = 2 };

    /// <summary>What the image tower sees: the original models' preprocessing at this model's resolution.</summary>
    public static PreprocessingConfig Preprocessing { get; } = PreprocessingConfig.OpenAI(Resolution);

    /// <summary>How captions become tokens: as open_clip does by default, with a shorter context.</summary>
    public static ClipTokenizerOptions Tokenization { get; } = ClipTokenizerOptions.OpenClip with { ContextLength = ContextLength };

    /// <summary>The architecture for a vocabulary.</summary>
    public static DualEncoderConfig Model(int vocabularySize) => new()
    {
        EmbeddingSize = EmbeddingSize,
        InitialLogitScale = Math.Log(LogitScale),
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
}
