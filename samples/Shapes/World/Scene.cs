namespace Shapes.World;

/// <summary>All there is to know about an image; lengths are shares of its side.</summary>
internal sealed record Scene
{
    public required ShapeKind Shape { get; init; }

    public required ShapeColor Color { get; init; }

    public required ShapeSize Size { get; init; }

    public required Place Place { get; init; }

    public required Backdrop Backdrop { get; init; }

    /// <summary>The very color of the shape, near that of its name.</summary>
    public required Rgb Fill { get; init; }

    public required double Radius { get; init; }

    public required double CenterX { get; init; }

    public required double CenterY { get; init; }

    /// <summary>How far the shape is turned, in degrees clockwise.</summary>
    public required double Angle { get; init; }

    /// <summary>What hides a part of the shape, if anything does.</summary>
    public required Cover? Cover { get; init; }

    /// <summary>Standard deviation of a Gaussian blur; 0 for none.</summary>
    public required double Blur { get; init; }

    /// <summary>Whether the image is black and white.</summary>
    public bool IsGray { get; init; }

    /// <summary>Factor on all channels.</summary>
    public required double Brightness { get; init; }

    /// <summary>Standard deviation of the noise on each channel, which goes from 0 to 1.</summary>
    public required double Noise { get; init; }

    /// <summary>Decides the noise.</summary>
    public required long NoiseSeed { get; init; }

    /// <summary>The pair's place in <see cref="Combinations.All"/>.</summary>
    public int Class => (int)Color * Combinations.Shapes.Count + (int)Shape;
}
