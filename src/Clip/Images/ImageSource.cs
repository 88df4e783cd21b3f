using Clip.Preprocessing;

namespace Clip;

/// <summary>An image to embed: a file, encoded bytes, a stream, or pixels in memory. Paths and bytes convert by themselves.</summary>
public abstract class ImageSource
{
    private const string Unnamed = "(bytes)";

    private protected ImageSource(string name)
    {
        Name = name;
    }

    /// <summary>The path, or what errors and results call the image.</summary>
    public string Name { get; }

    /// <summary>A file.</summary>
    /// <param name="path">Its path.</param>
    public static implicit operator ImageSource(string path) => FromFile(path);

    /// <summary>The bytes of an image file.</summary>
    /// <param name="encoded">The bytes.</param>
    public static implicit operator ImageSource(byte[] encoded) => FromBytes(encoded ?? throw new ArgumentNullException(nameof(encoded)));

    /// <summary>The bytes of an image file.</summary>
    /// <param name="encoded">The bytes.</param>
    public static implicit operator ImageSource(ReadOnlyMemory<byte> encoded) => FromBytes(encoded);

    /// <summary>A stream with an image file.</summary>
    /// <param name="encoded">The stream, read once from where it stands to its end; it stays open.</param>
    public static implicit operator ImageSource(Stream encoded) => FromStream(encoded);

    /// <summary>A file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static ImageSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ImageFile(path);
    }

    /// <summary>The bytes of an image file.</summary>
    /// <param name="encoded">The bytes; they must not change until they are embedded.</param>
    /// <param name="name">What errors and results call the image.</param>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> encoded, string? name = null) => new EncodedImage(encoded, name ?? Unnamed);

    /// <summary>A stream with an image file.</summary>
    /// <param name="stream">The stream, read once from where it stands to its end; it stays open.</param>
    /// <param name="name">What errors and results call the image.</param>
    public static ImageSource FromStream(Stream stream, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new ImageStream(stream, name ?? (stream is FileStream file ? file.Name : "(stream)"));
    }

    /// <summary>Pixels that are decoded already.</summary>
    /// <param name="pixels">Rows from top to bottom; they must not change until they are embedded.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <param name="format">How one pixel lies in memory.</param>
    /// <param name="stride">Bytes from the start of a row to the start of the next; null where rows follow each other closely.</param>
    /// <param name="name">What errors and results call the image.</param>
    /// <exception cref="ArgumentException">The rows overlap, or the memory is too short for them.</exception>
    public static ImageSource FromPixels(
        ReadOnlyMemory<byte> pixels, int width, int height, PixelFormat format = PixelFormat.Rgb24, int? stride = null, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var source = new PixelImage(pixels, width, height, format, stride ?? checked(width * format.BytesPerPixel()), name ?? "(pixels)");
        _ = source.View;
        return source;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether the image can be read more than once; false for streams.</summary>
    public virtual bool CanBeReadAgain => true;

    /// <summary>Decodes the image and prepares it for a network.</summary>
    /// <param name="preprocessor">How, such as <see cref="ClipModel.Preprocessor"/>.</param>
    /// <param name="pixels">
    /// Where the normalized pixels go, [3, height, width]: a row of a batch, of which only the beginning is filled where images take sizes of their own.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for memory to decode in.</param>
    /// <returns>The size of the result.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is too short.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default);
}
