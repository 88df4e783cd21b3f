namespace Clip.Models;

/// <summary>Height and width of a picture, in pixels.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>A square picture.</summary>
    /// <param name="side">Height and width, in pixels.</param>
    public static implicit operator ImageSize(int side) => new(side, side);

    /// <summary>The side of a square; null for images that are none.</summary>
    internal int? SquareSide => Height == Width ? Height : null;

    /// <summary>Height x width, such as "224x224".</summary>
    public override string ToString() => $"{Height}x{Width}";
}
