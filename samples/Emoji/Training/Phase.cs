namespace Emoji.Training;

/// <summary>A part of the training with pairs and a schedule of its own.</summary>
internal sealed record Phase
{
    /// <summary>Names its shards and checkpoints.</summary>
    public required string Name { get; init; }

    /// <summary>Training steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Highest learning rate; it rises and falls once per phase.</summary>
    public required double PeakRate { get; init; }

    /// <summary>Shards, each with every emoji once; they come again and again, in other orders and variations.</summary>
    public required int Rounds { get; init; }

    /// <summary>Fixes the pairs.</summary>
    public required long Seed { get; init; }

    /// <summary>Whether captions are English names alone and images vary little: what is said of an emoji is always the same.</summary>
    public bool IsPlain { get; init; }
}
