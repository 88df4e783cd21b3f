namespace Clip.Preprocessing;

/// <summary>Turns image files into pixels. Implementations are safe for use by several threads at once.</summary>
public interface IImageDecoder
{
    /// <summary>The decoder's name and version, for diagnostics.</summary>
    string Name { get; }

    /// <summary>Whether this decoder reads such a file.</summary>
    /// <param name="header">What the file says of itself.</param>
    bool CanDecode(ImageHeader header);

    /// <summary>Estimates from the header, never too low, the bytes that <see cref="Decode"/> takes at most, its result included.</summary>
    /// <param name="header">What the file says of itself.</param>
    /// <param name="reduction">As for <see cref="Decode"/>.</param>
    /// <returns>By default two copies of the whole image with four bytes per pixel, and <see cref="ImageHeader.BufferedBytes"/>.</returns>
    long EstimateMemory(ImageHeader header, int reduction = 1) => 8 * header.Width * header.Height + header.BufferedBytes;

    /// <summary>Decodes the first frame. EXIF orientation and color profiles are not applied.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="header">Its header; sizes have been checked against the limits.</param>
    /// <param name="reduction">1, or 2, 4 or 8 where a JPEG of half, a quarter or an eighth of the size (rounded up) will do.</param>
    /// <returns>The pixels, which the caller disposes. A decoder that cannot reduce returns the full size.</returns>
    /// <exception cref="InvalidDataException">The file is damaged or cut off, or of a kind that this decoder does not read.</exception>
    DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1);
}
