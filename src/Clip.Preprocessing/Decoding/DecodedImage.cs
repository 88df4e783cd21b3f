using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing;

/// <summary>Pixels that a decoder wrote, in memory that is used again for another image.</summary>
public sealed class DecodedImage : IDisposable
{
    private byte[]? _pixels;

    /// <summary>Takes cleared memory for an image: what a decoder does not write is zero, never a part of an image before.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="format">How one pixel lies in memory.</param>
    public DecodedImage(int width, int height, PixelFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        Width = width;
        Height = height;
        Format = format;
        Stride = checked(width * format.BytesPerPixel());
        _pixels = ImageMemory.RentCleared(checked(Stride * height));
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Bytes of a row; rows have no gaps.</summary>
    public int Stride { get; }

    /// <summary>How one pixel lies in memory.</summary>
    public PixelFormat Format { get; }

    /// <inheritdoc cref="PixelView.IsIndexed"/>
    public bool IsIndexed { get; init; }

    /// <summary>The rows from top to bottom.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<byte> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pixels is null, this);
            return _pixels.AsSpan(0, Stride * Height);
        }
    }

    /// <summary>The pixels for the transform.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public PixelView View => new(Pixels, Width, Height, Stride, Format) { IsIndexed = IsIndexed };

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
            ImageMemory.Return(pixels);
    }
}
