namespace Clip.Preprocessing;

/// <summary>What follows from a pixel format.</summary>
internal static class PixelFormats
{
    public static int BytesPerPixel(this PixelFormat format) => format switch
    {
        PixelFormat.Grey8 => 1,
        PixelFormat.GreyAlpha16 => 2,
        PixelFormat.Rgb24 => 3,
        PixelFormat.Rgbx32 or PixelFormat.Rgba32 or PixelFormat.Cmyk32 => 4,
        _ => throw new ArgumentException($"PixelFormat has no value {format}.", nameof(format)),
    };

    public static bool HasAlpha(this PixelFormat format) => format is PixelFormat.Rgba32 or PixelFormat.GreyAlpha16;
}
