namespace Clip.Preprocessing;

/// <summary>The color of padding, before normalization.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public readonly record struct FillColor(byte Red, byte Green, byte Blue)
{
    /// <summary>A shade of gray.</summary>
    /// <param name="shade">0 for black to 255 for white.</param>
    public static implicit operator FillColor(byte shade) => new(shade, shade, shade);
}
