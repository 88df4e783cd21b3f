using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing;

/// <summary>Image files to the normalised pixels a model takes.</summary>
/// <remarks>Safe for use by several threads at once; memory is kept between calls.</remarks>
public sealed partial class ImagePreprocessor
{
    private const string Unnamed = "(bytes)";

    private readonly ImageTransform _transform;
    private readonly ImagePreprocessorOptions _options;

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="config">What the model expects.</param>
    /// <param name="options">How images are read.</param>
    /// <exception cref="ArgumentException">The config does not make sense.</exception>
    public ImagePreprocessor(PreprocessingConfig config, ImagePreprocessorOptions? options = null)
    {
        _transform = new ImageTransform(config);
        _options = options ?? new ImagePreprocessorOptions();
        ArgumentNullException.ThrowIfNull(_options.Decoder, nameof(options));
        ArgumentNullException.ThrowIfNull(_options.Limits, nameof(options));
    }

    /// <summary>What the model expects.</summary>
    public PreprocessingConfig Config => _transform.Config;

    /// <summary>What follows decoding.</summary>
    public ImageTransform Transform => _transform;

    /// <summary>Numbers per image: three channels of the resolution.</summary>
    public int Length => _transform.Length;

    /// <summary>Reads an image file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Room for <see cref="Length"/> numbers, [3, height, width].</param>
    /// <exception cref="ImageDecodingException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    public void Preprocess(string path, Span<float> pixels) => PreprocessFile(path, pixels);

    /// <inheritdoc cref="Preprocess(string, Span{float})"/>
    public void Preprocess(string path, Span<Half> pixels) => PreprocessFile(path, pixels);

    /// <summary>Reads an image from a stream, from where it stands to its end.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="pixels">Room for <see cref="Length"/> numbers, [3, height, width].</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    public void Preprocess(Stream stream, Span<float> pixels, string? name = null) => PreprocessStream(stream, pixels, name);

    /// <inheritdoc cref="Preprocess(Stream, Span{float}, string)"/>
    public void Preprocess(Stream stream, Span<Half> pixels, string? name = null) => PreprocessStream(stream, pixels, name);

    /// <summary>Reads an image from memory.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="pixels">Room for <see cref="Length"/> numbers, [3, height, width].</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    public void Preprocess(ReadOnlySpan<byte> encoded, Span<float> pixels, string? name = null) =>
        PreprocessBytes(encoded, pixels, name ?? Unnamed);

    /// <inheritdoc cref="Preprocess(ReadOnlySpan{byte}, Span{float}, string)"/>
    public void Preprocess(ReadOnlySpan<byte> encoded, Span<Half> pixels, string? name = null) =>
        PreprocessBytes(encoded, pixels, name ?? Unnamed);

    /// <summary>Takes decoded pixels.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="pixels">Room for <see cref="Length"/> numbers, [3, height, width].</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the picture is empty.</exception>
    public void Preprocess(PixelView source, Span<float> pixels) => _transform.Apply(source, pixels);

    /// <inheritdoc cref="Preprocess(PixelView, Span{float})"/>
    public void Preprocess(PixelView source, Span<Half> pixels) => _transform.Apply(source, pixels);

    /// <summary>Decodes an image file in full size, within the limits and upright where the options say so.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The pixels, which the caller disposes.</returns>
    /// <exception cref="ImageDecodingException">The file cannot be read.</exception>
    public DecodedImage Decode(string path)
    {
        using var encoded = ReadFile(path);
        return Decode(encoded.Bytes, path);
    }

    /// <summary>Decodes an image from memory in full size, within the limits and upright where the options say so.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="name">What errors call it.</param>
    /// <returns>The pixels, which the caller disposes.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    public DecodedImage Decode(ReadOnlySpan<byte> encoded, string? name = null) =>
        Decode(encoded, name ?? Unnamed, mayReduce: false, out _);

    private void PreprocessFile<T>(string path, Span<T> pixels)
        where T : unmanaged
    {
        _transform.RequireLength(pixels.Length, nameof(pixels));
        using var encoded = ReadFile(path);
        PreprocessBytes(encoded.Bytes, pixels, path);
    }

    private void PreprocessStream<T>(Stream stream, Span<T> pixels, string? name)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        _transform.RequireLength(pixels.Length, nameof(pixels));
        name ??= stream is FileStream file ? file.Name : "(stream)";
        using var encoded = ReadStream(stream, name);
        PreprocessBytes(encoded.Bytes, pixels, name);
    }

    private void PreprocessBytes<T>(ReadOnlySpan<byte> encoded, Span<T> pixels, string name)
        where T : unmanaged
    {
        _transform.RequireLength(pixels.Length, nameof(pixels));
        using var image = Decode(encoded, name, _options.FastDecoding, out var plan);
        _transform.Apply(image.View, plan, pixels);
    }

    private DecodedImage Decode(ReadOnlySpan<byte> encoded, string name, bool mayReduce, out ResizePlan plan)
    {
        try
        {
            _options.Limits.RequireBytes(encoded.Length);
            var header = ImageHeader.Read(encoded);
            _options.Limits.RequireSize(header);
            if (header.Format == ImageFormat.Jpeg)
                JpegHeader.RequireEnd(encoded);

            var orientation = _options.ApplyOrientation ? header.Orientation : 1;
            var (width, height) = ((int)header.Width, (int)header.Height);
            if (orientation >= 5)
                (width, height) = (height, width);
            plan = ResizePlan.Create(Config, width, height);
            var reduction = mayReduce && header.Format == ImageFormat.Jpeg ? Reduction.Choose(width, height, plan) : 1;
            return OrientedImage.Create(_options.Decoder.Decode(encoded, header, reduction), orientation);
        }
        catch (InvalidDataException e)
        {
            throw new ImageDecodingException(name, e.Message, e);
        }
    }

    private EncodedImage ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return EncodedImage.Read(path, _options.Limits);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ImageDecodingException(path, e.Message.TrimEnd('.'), e);
        }
    }

    private EncodedImage ReadStream(Stream stream, string name)
    {
        try
        {
            return EncodedImage.Read(stream, _options.Limits);
        }
        // A stream of a caller's own throws whatever it likes: sockets, archives and disposed streams all do it in their way.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ImageDecodingException(name, e.Message.TrimEnd('.'), e);
        }
    }
}
