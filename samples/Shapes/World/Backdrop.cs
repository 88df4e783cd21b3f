namespace Shapes.World;

/// <summary>What is behind the shape: two muted colors in a pattern.</summary>
internal sealed record Backdrop
{
    public required Texture Texture { get; init; }

    public required Rgb First { get; init; }

    public required Rgb Second { get; init; }

    /// <summary>Direction of stripes and gradients, in degrees.</summary>
    public required double Angle { get; init; }

    /// <summary>From one stripe, square, dot or grain to the next, as a share of the image's side.</summary>
    public required double Period { get; init; }

    /// <summary>Decides where grains and blobs are.</summary>
    public required long Seed { get; init; }

    /// <summary>How light it is as a whole.</summary>
    public Tone Tone => ((First.Lightness + Second.Lightness) / 2) switch
    {
        < 0.42 => Tone.Dark,
        > 0.62 => Tone.Light,
        _ => Tone.Middle,
    };
}
