using Clip.Preprocessing;
using Clip.Tokenization;

namespace Clip.Training.Data;

/// <summary>How pairs are ordered, varied and made into batches.</summary>
public sealed record PairSourceOptions
{
    /// <summary>What the image tower expects.</summary>
    public required PreprocessingConfig Preprocessing { get; init; }

    /// <summary>Makes token ids; it has to truncate captions that are too long.</summary>
    public required ContextTokenizer Tokenizer { get; init; }

    /// <summary>How images are varied, differently in each epoch; null for not at all, as in evaluation.</summary>
    public AugmentationConfig? Augmentation { get; init; } = new();

    /// <summary>How image files are decoded.</summary>
    public ImagePreprocessorOptions Images { get; init; } = new();

    /// <summary>Decides the order and the variation.</summary>
    public long Seed { get; init; }

    /// <summary>Whether each epoch has an order of its own; otherwise pairs come as they are stored.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Which share of the data this process reads, from 0 to below <see cref="WorldSize"/>.</summary>
    public int Rank { get; init; }

    /// <summary>How many processes train together. Each reads its own share of every epoch.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>The most images decoded at once; null for the number of processors.</summary>
    public int? Threads { get; init; }

    /// <summary>How many batches are prepared ahead of the one in use.</summary>
    public int BatchesAhead { get; init; } = 2;

    /// <summary>
    /// The most bytes of these batches and of the one that is being made, together; 128 MiB unless set. Big batches are fewer, at least
    /// one: it is made while the one before it is in use.
    /// </summary>
    public long BatchesAheadBytes { get; init; } = 128 << 20;

    /// <summary>
    /// The largest share of samples that may be unreadable: they are skipped and counted, until they are more than this share of the
    /// samples taken, or of the first <see cref="CorruptSamplesBase"/> while there are fewer. 0 to stop at the first one, 1 for never.
    /// </summary>
    public double MaxCorruptShare { get; init; } = 0.1;

    /// <summary>The least number of samples that <see cref="MaxCorruptShare"/> is a share of.</summary>
    public const int CorruptSamplesBase = 100;

    /// <summary>Checks that the values make sense together.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Preprocessing);
        ArgumentNullException.ThrowIfNull(Tokenizer);
        ArgumentNullException.ThrowIfNull(Images);
        Preprocessing.Validate();
        Augmentation?.Validate();
        if (Tokenizer.Overflow != TokenOverflow.Truncate)
        {
            throw new ArgumentException(
                $"{nameof(Tokenizer)} does not truncate captions of more than {Tokenizer.ContextLength} tokens: set its {nameof(TokenOverflow)} to {nameof(TokenOverflow.Truncate)}.");
        }
        Require(WorldSize >= 1, nameof(WorldSize), WorldSize, "at least 1");
        Require(Rank >= 0 && Rank < WorldSize, nameof(Rank), Rank, $"from 0 to below {nameof(WorldSize)}, {WorldSize}");
        Require(Threads is null or >= 1, nameof(Threads), Threads, "at least 1, or null");
        Require(BatchesAhead >= 1, nameof(BatchesAhead), BatchesAhead, "at least 1");
        Require(BatchesAheadBytes >= 1, nameof(BatchesAheadBytes), BatchesAheadBytes, "at least 1");
        Require(MaxCorruptShare is >= 0 and <= 1, nameof(MaxCorruptShare), MaxCorruptShare, "from 0 to 1");

        static void Require(bool holds, string name, object? value, string expected)
        {
            if (!holds)
                throw new ArgumentException($"{name} must be {expected} but is {value}.");
        }
    }
}
