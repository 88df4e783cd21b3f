namespace Clip.Preprocessing;

/// <summary>How one pixel lies in memory.</summary>
public enum PixelFormat
{
    /// <summary>Three bytes: red, green, blue.</summary>
    Rgb24,

    /// <summary>Four bytes: red, green, blue, and one that means nothing.</summary>
    Rgbx32,

    /// <summary>Four bytes: red, green, blue, opacity; the colors are not multiplied by the opacity.</summary>
    Rgba32,

    /// <summary>One byte of gray.</summary>
    Gray8,

    /// <summary>Two bytes: gray and opacity; the gray is not multiplied by the opacity.</summary>
    GrayAlpha16,

    /// <summary>Four bytes of ink: cyan, magenta, yellow, black; 255 is full ink.</summary>
    Cmyk32,
}
