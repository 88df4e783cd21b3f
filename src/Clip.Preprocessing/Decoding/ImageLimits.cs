namespace Clip.Preprocessing;

/// <summary>What a file may ask for. Sizes are checked before anything is decoded.</summary>
public sealed record ImageLimits
{
    /// <summary>Limits that real photographs keep to.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>The most pixels of a picture; 178,956,970 unless set, where Pillow refuses.</summary>
    public long MaxPixels { get; init; } = 178_956_970;

    /// <summary>The longest side of a picture, in pixels; 65,535 unless set, the most that JPEG can say.</summary>
    public int MaxSide { get; init; } = 65_535;

    /// <summary>The longest file, in bytes; 256 MiB unless set.</summary>
    public int MaxBytes { get; init; } = 256 << 20;

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
