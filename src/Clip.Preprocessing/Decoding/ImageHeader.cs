using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing;

/// <summary>What a file says of its image before anything is decoded.</summary>
public readonly record struct ImageHeader
{
    /// <summary>The kind of file.</summary>
    public required ImageFormat Format { get; init; }

    /// <summary>Width as stored, in pixels; of a GIF, of its whole canvas.</summary>
    public required long Width { get; init; }

    /// <summary>Height as stored, in pixels; of a GIF, of its whole canvas.</summary>
    public required long Height { get; init; }

    /// <summary>What the pixels are.</summary>
    public required SourceColor Color { get; init; }

    /// <summary>EXIF orientation, 1 (upright) to 8; 1 where none is given.</summary>
    public int Orientation { get; init; }

    /// <summary>
    /// Bytes that any decoder keeps of the whole image besides its pixels: the coefficients of a JPEG of several scans, the passes of an
    /// interlaced PNG, the planes of WebP and GIF. 0 where rows are decoded one after another.
    /// </summary>
    public long BufferedBytes { get; init; }

    /// <summary>Whether rows of at most eight bits per sample come in order, so that the image can be read in stripes.</summary>
    internal bool HasPlainRows { get; init; }

    /// <summary>Reads the header of a file.</summary>
    /// <param name="encoded">The whole file, or at least its beginning.</param>
    /// <exception cref="InvalidDataException">It is none of the formats, or its header is damaged.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var header = ReadByFormat(encoded);
        return header is { Width: > 0, Height: > 0 }
            ? header
            : throw new InvalidDataException($"its header says {header.Width} x {header.Height} pixels");
    }

    private static ImageHeader ReadByFormat(ReadOnlySpan<byte> encoded)
    {
        if (JpegHeader.Matches(encoded))
            return JpegHeader.Read(encoded);
        if (encoded.StartsWith(PngHeader.Signature))
            return PngHeader.Read(encoded);
        if (WebPHeader.Matches(encoded))
            return WebPHeader.Read(encoded);
        if (GifHeader.Matches(encoded))
            return GifHeader.Read(encoded);
        if (BmpHeader.Matches(encoded))
            return BmpHeader.Read(encoded);
        throw new InvalidDataException(encoded.IsEmpty ? "it is empty" : "it is not a JPEG, PNG, WebP, GIF or BMP file");
    }
}
