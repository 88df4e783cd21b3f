namespace Shapes.Training;

/// <summary>A part of the training with a schedule and images of its own.</summary>
internal sealed record Phase
{
    /// <summary>Names its checkpoints.</summary>
    public required string Name { get; init; }

    /// <summary>Training steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Highest learning rate; it rises and falls once per phase.</summary>
    public required double PeakRate { get; init; }

    /// <summary>Fixes the images.</summary>
    public required long Seed { get; init; }

    /// <summary>The share of the phase in which plain images give way to the usual ones.</summary>
    public double PlainShare { get; init; }

    /// <summary>The share of images in black and white: their shapes have to be told without the color they come with.</summary>
    public double GrayShare { get; init; }
}
