namespace Clip.Preprocessing;

/// <summary>The sides of the image a model takes, in pixels.</summary>
/// <param name="Height">Number of rows.</param>
/// <param name="Width">Number of columns.</param>
public readonly record struct Resolution(int Height, int Width)
{
    /// <summary>Pixels of one channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>A square.</summary>
    /// <param name="side">Both sides.</param>
    public static implicit operator Resolution(int side) => new(side, side);

    /// <summary>The sides, as in "224x160": height first.</summary>
    public override string ToString() => $"{Height}x{Width}";
}
