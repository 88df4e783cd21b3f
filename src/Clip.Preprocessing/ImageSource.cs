using System.Text.Json.Serialization;
using Clip.Preprocessing.Sources;
using SkiaSharp;

namespace Clip.Preprocessing;

/// <summary>An image: a file, encoded bytes, a stream, a bitmap, or pixels in memory. Paths, bytes, streams and bitmaps convert by themselves.</summary>
/// <remarks>What an image is made from is borrowed: it is read when the image is prepared, and stays its owner's to dispose.</remarks>
[JsonConverter(typeof(ImageSourceConverter))]
public abstract class ImageSource
{
    private const string Unnamed = "(bytes)";

    /// <summary>Begins an image of another kind.</summary>
    /// <param name="name">What errors and results call it.</param>
    protected ImageSource(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
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

    /// <summary>A bitmap of SkiaSharp.</summary>
    /// <param name="bitmap">The bitmap; it must not change, nor be disposed, until it is prepared.</param>
    public static implicit operator ImageSource(SKBitmap bitmap) => FromBitmap(bitmap);

    /// <summary>A file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static ImageSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileSource(path);
    }

    /// <summary>The bytes of an image file.</summary>
    /// <param name="encoded">The bytes; they must not change until they are prepared.</param>
    /// <param name="name">What errors and results call the image.</param>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> encoded, string? name = null) => new EncodedSource(encoded, name ?? Unnamed);

    /// <summary>A stream with an image file.</summary>
    /// <param name="stream">The stream, read once from where it stands to its end; it stays open.</param>
    /// <param name="name">What errors and results call the image.</param>
    public static ImageSource FromStream(Stream stream, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamSource(stream, name ?? (stream is FileStream file ? file.Name : "(stream)"));
    }

    /// <summary>A bitmap of SkiaSharp; its pixels are read in place where they lie as a model takes them, else a copy is converted.</summary>
    /// <remarks>
    /// Color profiles are ignored, as those of files are. <c>SKBitmap.Decode</c> multiplies colors by opacity, which loses their lowest bits: transparent
    /// images have the values of their file only when they are read from it.
    /// </remarks>
    /// <param name="bitmap">The bitmap, of any kind; it must not change, nor be disposed, until it is prepared.</param>
    /// <param name="name">What errors and results call the image.</param>
    public static ImageSource FromBitmap(SKBitmap bitmap, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        return new BitmapSource(bitmap, name ?? "(bitmap)");
    }

    /// <summary>Pixels that are decoded already.</summary>
    /// <param name="pixels">Rows from top to bottom; they must not change until they are prepared.</param>
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
        var source = new PixelSource(pixels, width, height, format, stride ?? checked(width * format.BytesPerPixel()), name ?? "(pixels)");
        _ = source.View;
        return source;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What tells the image from any other one, for the keys of caches; null where only reading it up would tell, as with streams.</summary>
    /// <remarks>
    /// Files have their full path, length and time of change in it, everything else the SHA-256 of its bytes or pixels. Written as JSON an image
    /// is this key, which is how caches of embeddings tell inputs apart; without one it cannot be written.
    /// </remarks>
    public virtual string? GetContentKey() => null;

    /// <summary>Whether the image can be read more than once; false for streams.</summary>
    public virtual bool CanBeReadAgain => true;

    /// <summary>Reads the image and writes the pixels that a model takes.</summary>
    /// <param name="preprocessor">What the model expects, and how images are read.</param>
    /// <param name="pixels">
    /// Space for <see cref="ImagePreprocessor.Length"/> elements, [3, height, width]; an image of a smaller size of its own takes the first of them.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <returns>The size that the image takes.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public abstract Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default);
}
