namespace Clip.Preprocessing;

/// <summary>Decoded pixels in memory that belongs to someone else.</summary>
public readonly ref struct PixelView
{
    /// <summary>Describes pixels.</summary>
    /// <param name="pixels">Rows from top to bottom; the last one may end with its last pixel.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <param name="stride">Bytes from the start of a row to the start of the next.</param>
    /// <param name="format">How one pixel lies in memory.</param>
    /// <exception cref="ArgumentException">The rows overlap, or the memory is too short for them.</exception>
    public PixelView(ReadOnlySpan<byte> pixels, int width, int height, int stride, PixelFormat format = PixelFormat.Rgb24)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var rowBytes = (long)width * format.BytesPerPixel();
        if (stride < rowBytes)
            throw new ArgumentException($"A row of {width} pixels takes {rowBytes} bytes, more than the stride of {stride}.", nameof(stride));
        var length = (height - 1L) * stride + rowBytes;
        if (pixels.Length < length)
            throw new ArgumentException($"{width} x {height} pixels with a stride of {stride} take {length} bytes, but there are {pixels.Length}.", nameof(pixels));
        Pixels = pixels[..(int)length];
        Width = width;
        Height = height;
        Stride = stride;
        Format = format;
    }

    /// <summary>The rows from top to bottom.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Bytes from the start of a row to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>How one pixel lies in memory.</summary>
    public PixelFormat Format { get; }

    /// <summary>
    /// Whether the image was stored with a palette or with one bit per pixel: <see cref="ColorOrder.ResizeThenConvert"/>
    /// then takes the nearest pixel, because indices have nothing in between.
    /// </summary>
    public bool IsIndexed { get; init; }

    /// <summary>
    /// EXIF orientation, 1 (upright) to 8; 0 where none is given. <see cref="ImagePreprocessorOptions.ApplyOrientation"/> says whether the image is
    /// turned by it.
    /// </summary>
    public int Orientation { get; init; }

    /// <summary>A rectangle of these pixels; nothing is copied.</summary>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="height">Number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie inside.</exception>
    public PixelView Crop(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Width - left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Height - top);
        var first = (long)top * Stride + (long)left * Format.BytesPerPixel();
        return new PixelView(Pixels[(int)first..], width, height, Stride, Format) { IsIndexed = IsIndexed, Orientation = Orientation };
    }
}
