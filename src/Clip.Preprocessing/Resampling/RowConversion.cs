using System.Runtime.Intrinsics;

namespace Clip.Preprocessing.Resampling;

/// <summary>Turns rows of any pixel format into rows of four bytes per pixel.</summary>
internal static unsafe class RowConversion
{
    /// <summary>Whether a row can be resampled as it is.</summary>
    public static bool IsDirect(PixelFormat format, ColorOrder order) => format switch
    {
        PixelFormat.Rgbx32 => true,
        PixelFormat.Rgba32 => order == ColorOrder.ConvertThenResize,
        PixelFormat.Cmyk32 => order == ColorOrder.ResizeThenConvert,
        _ => false,
    };

    /// <summary>Converts one row.</summary>
    /// <param name="source">The first pixel.</param>
    /// <param name="destination">Space for four bytes per pixel.</param>
    /// <param name="count">Number of pixels.</param>
    /// <param name="format">Format of the source.</param>
    /// <param name="order">Whether opacity and inks stay for after the resize, or go now.</param>
    public static void ToFourBytes(byte* source, byte* destination, int count, PixelFormat format, ColorOrder order)
    {
        switch (format)
        {
            case PixelFormat.Rgb24:
                FromRgb(source, destination, count);
                break;
            case PixelFormat.Gray8:
                for (var i = 0; i < count; i++)
                    ((uint*)destination)[i] = source[i] * 0x010101u;
                break;
            case PixelFormat.GrayAlpha16:
                for (var i = 0; i < count; i++)
                    ((uint*)destination)[i] = source[2 * i] * 0x010101u | (uint)source[2 * i + 1] << 24;
                if (order == ColorOrder.ResizeThenConvert)
                    Alpha.Premultiply(destination, destination, count);
                break;
            case PixelFormat.Rgba32 when order == ColorOrder.ResizeThenConvert:
                Alpha.Premultiply(source, destination, count);
                break;
            case PixelFormat.Cmyk32 when order == ColorOrder.ConvertThenResize:
                Cmyk.ToRgbx(source, destination, count);
                break;
            case PixelFormat.Rgbx32 or PixelFormat.Rgba32 or PixelFormat.Cmyk32:
                Buffer.MemoryCopy(source, destination, 4L * count, 4L * count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "There is no conversion from this format.");
        }
    }

    private static void FromRgb(byte* source, byte* destination, int count)
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            var spread = Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255);
            // Sixteen bytes are read for the twelve of four pixels: stop where they would reach beyond the row.
            for (; i + 6 <= count; i += 4)
                Vector128.Shuffle(Vector128.Load(source + 3 * i), spread).Store(destination + 4 * i);
        }
        for (; i < count; i++)
            ((uint*)destination)[i] = source[3 * i] | (uint)source[3 * i + 1] << 8 | (uint)source[3 * i + 2] << 16;
    }
}
