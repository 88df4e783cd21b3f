namespace Clip.Preprocessing;

/// <summary>What follows from a pixel format.</summary>
public static class PixelFormats
{
    /// <summary>Bytes that one pixel takes.</summary>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static int BytesPerPixel(this PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.GrayAlpha16 => 2,
        PixelFormat.Rgb24 => 3,
        PixelFormat.Rgbx32 or PixelFormat.Rgba32 or PixelFormat.Cmyk32 => 4,
        _ => throw new ArgumentException($"PixelFormat has no value {format}.", nameof(format)),
    };

    internal static bool HasAlpha(this PixelFormat format) => format is PixelFormat.Rgba32 or PixelFormat.GrayAlpha16;
}
