namespace Clip.Preprocessing;

/// <summary>What a file may ask for. Sizes and memory are checked before anything is decoded.</summary>
public sealed record ImageLimits
{
    /// <summary>Limits that real photographs keep to.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Limits for a service that reads images from strangers: 100 megapixels, 16,384 on a side, 32 MiB of file, 128 MiB of memory.</summary>
    public static ImageLimits Server { get; } = new() { MaxPixels = 100_000_000, MaxSide = 16_384, MaxBytes = 32 << 20, MaxMemory = 128 << 20 };

    /// <summary>The most pixels of an image; 178,956,970 unless set, where Pillow refuses.</summary>
    public long MaxPixels { get; init; } = 178_956_970;

    /// <summary>The longest side of an image, in pixels; 65,535 unless set, the most that JPEG can say.</summary>
    public int MaxSide { get; init; } = 65_535;

    /// <summary>The longest file, in bytes; 256 MiB unless set.</summary>
    public int MaxBytes { get; init; } = 256 << 20;

    /// <summary>
    /// The most memory that decoding and resizing one image may take, in bytes; 1 GiB unless set. It is estimated from the header by
    /// <see cref="IImageDecoder.EstimateMemory"/>; where the whole image would take more, it is decoded in stripes if its format allows that.
    /// </summary>
    public long MaxMemory { get; init; } = 1L << 30;

    internal void RequireBytes(long length)
    {
        if (length > MaxBytes)
            throw new InvalidDataException($"it has {length:N0} bytes, more than the limit of {MaxBytes:N0}");
    }

    internal void RequireSize(ImageHeader header)
    {
        if (header.Width > MaxSide || header.Height > MaxSide || header.Width * header.Height > MaxPixels)
        {
            throw new InvalidDataException(
                $"it claims {header.Width:N0} x {header.Height:N0} pixels, more than the limit of {MaxPixels:N0} in all and {MaxSide:N0} on a side");
        }
    }
}
