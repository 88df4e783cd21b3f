using Clip;
using Clip.Preprocessing;

namespace Web.Shared;

/// <summary>An image and labels as a request brings them. Disposing it gives the memory of the image back: do that when nobody reads it any more.</summary>
public sealed class ImageUpload : IDisposable
{
    private readonly BodyBuffer _body;

    internal ImageUpload(BodyBuffer body, string name, IReadOnlyList<string> labels, long maxPixels)
    {
        var header = ReadHeader(body.Bytes.Span, name);
        (_body, Labels, Pixels) = (body, labels, header.Width * header.Height);
        if (Pixels > maxPixels)
            throw new ImageDecodingException(name, $"it claims {header.Width:N0} x {header.Height:N0} pixels, more than the limit of {maxPixels:N0}");
        Image = ImageSource.FromBytes(body.Bytes, name);
    }

    /// <summary>The image.</summary>
    public ImageSource Image { get; }

    /// <summary>Its pixels, as its header says.</summary>
    public long Pixels { get; }

    /// <summary>What it may be of, each once; empty where the request does not say.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public void Dispose() => _body.Dispose();

    private static ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, string name)
    {
        try
        {
            return ImageHeader.Read(encoded);
        }
        catch (InvalidDataException exception)
        {
            throw new ImageDecodingException(name, exception.Message, exception);
        }
    }
}
