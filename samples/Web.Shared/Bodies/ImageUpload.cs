using Clip;
using Clip.Preprocessing;

namespace Web.Shared;

/// <summary>An image and labels as a request brings them. Disposing it gives the memory of the image back: do that when nobody reads it any more.</summary>
public sealed class ImageUpload : IDisposable
{
    private readonly BodyBuffer _body;

    internal ImageUpload(BodyBuffer body, string name, IReadOnlyList<string> labels, long maxPixels)
    {
        (_body, Labels, Header) = (body, labels, ReadHeader(body.Bytes.Span, name));
        if (Pixels > maxPixels)
            throw new ImageDecodingException(name, $"it claims {Header.Width:N0} x {Header.Height:N0} pixels, more than the limit of {maxPixels:N0}");
        Image = ImageSource.FromBytes(body.Bytes, name);
    }

    /// <summary>The image.</summary>
    public ImageSource Image { get; }

    /// <summary>Its bytes, until it is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _body.Bytes;

    /// <summary>What its header says.</summary>
    public ImageHeader Header { get; }

    /// <summary>Its pixels, as its header says.</summary>
    public long Pixels => Header.Width * Header.Height;

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
