using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Decoding.Jpeg;
using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing;

/// <summary>Image files to the normalized pixels a model takes.</summary>
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
        ArgumentNullException.ThrowIfNull(_options.Budget, nameof(options));
    }

    /// <summary>What the model expects.</summary>
    public PreprocessingConfig Config => _transform.Config;

    /// <summary>How images are read.</summary>
    public ImagePreprocessorOptions Options => _options;

    /// <summary>What follows decoding.</summary>
    public ImageTransform Transform => _transform;

    /// <summary>Elements per image: three channels of the resolution, or of the largest where images take sizes of their own.</summary>
    public int Length => _transform.Length;

    /// <summary>Reads an image file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, [3, height, width].</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <exception cref="ImageDecodingException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public void Preprocess(string path, Span<float> pixels, CancellationToken cancellationToken = default) =>
        PreprocessFile(path, pixels, cancellationToken);

    /// <inheritdoc cref="Preprocess(string, Span{float}, CancellationToken)"/>
    public void Preprocess(string path, Span<Half> pixels, CancellationToken cancellationToken = default) =>
        PreprocessFile(path, pixels, cancellationToken);

    /// <summary>Reads an image from a stream, from where it stands to its end.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, [3, height, width].</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public void Preprocess(Stream stream, Span<float> pixels, string? name = null, CancellationToken cancellationToken = default) =>
        PreprocessStream(stream, pixels, name, cancellationToken);

    /// <inheritdoc cref="Preprocess(Stream, Span{float}, string, CancellationToken)"/>
    public void Preprocess(Stream stream, Span<Half> pixels, string? name = null, CancellationToken cancellationToken = default) =>
        PreprocessStream(stream, pixels, name, cancellationToken);

    /// <summary>Reads an image from memory.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, [3, height, width].</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public void Preprocess(ReadOnlySpan<byte> encoded, Span<float> pixels, string? name = null, CancellationToken cancellationToken = default) =>
        PreprocessBytes(encoded, pixels, name ?? Unnamed, cancellationToken);

    /// <inheritdoc cref="Preprocess(ReadOnlySpan{byte}, Span{float}, string, CancellationToken)"/>
    public void Preprocess(ReadOnlySpan<byte> encoded, Span<Half> pixels, string? name = null, CancellationToken cancellationToken = default) =>
        PreprocessBytes(encoded, pixels, name ?? Unnamed, cancellationToken);

    /// <summary>Reads an image file without normalizing it; <see cref="ImageTransform.Normalize(ReadOnlySpan{byte}, Span{float})"/> of <see cref="Transform"/> does the rest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Space for <see cref="Length"/> bytes, [3, height, width].</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <exception cref="ImageDecodingException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public void Preprocess(string path, Span<byte> pixels, CancellationToken cancellationToken = default) =>
        PreprocessFile(path, pixels, cancellationToken);

    /// <summary>Reads an image from memory without normalizing it; <see cref="ImageTransform.Normalize(ReadOnlySpan{byte}, Span{float})"/> of <see cref="Transform"/> does the rest.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="pixels">Space for <see cref="Length"/> bytes, [3, height, width].</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public void Preprocess(ReadOnlySpan<byte> encoded, Span<byte> pixels, string? name = null, CancellationToken cancellationToken = default) =>
        PreprocessBytes(encoded, pixels, name ?? Unnamed, cancellationToken);

    /// <summary>Takes decoded pixels.</summary>
    /// <param name="source">The image.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, [3, height, width].</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the image is empty.</exception>
    public void Preprocess(PixelView source, Span<float> pixels) => PreprocessPixels(source, pixels);

    /// <inheritdoc cref="Preprocess(PixelView, Span{float})"/>
    public void Preprocess(PixelView source, Span<Half> pixels) => PreprocessPixels(source, pixels);

    /// <inheritdoc cref="Preprocess(PixelView, Span{float})" path="/summary | /remarks | /exception"/>
    /// <param name="source">The image.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, of which the image takes the first, [3, height, width].</param>
    /// <param name="resolution">The image's height and width.</param>
    public void Preprocess(PixelView source, Span<float> pixels, out Resolution resolution) => resolution = PreprocessPixels(source, pixels);

    /// <inheritdoc cref="Preprocess(string, Span{float}, CancellationToken)" path="/summary | /remarks | /exception"/>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, of which the image takes the first, [3, height, width].</param>
    /// <param name="resolution">The image's height and width.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    public void Preprocess(string path, Span<float> pixels, out Resolution resolution, CancellationToken cancellationToken = default) =>
        resolution = PreprocessFile(path, pixels, cancellationToken);

    /// <inheritdoc cref="Preprocess(Stream, Span{float}, string, CancellationToken)" path="/summary | /remarks | /exception"/>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, of which the image takes the first, [3, height, width].</param>
    /// <param name="resolution">The image's height and width.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    public void Preprocess(Stream stream, Span<float> pixels, out Resolution resolution, string? name = null, CancellationToken cancellationToken = default) =>
        resolution = PreprocessStream(stream, pixels, name, cancellationToken);

    /// <inheritdoc cref="Preprocess(ReadOnlySpan{byte}, Span{float}, string, CancellationToken)" path="/summary | /remarks | /exception"/>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, of which the image takes the first, [3, height, width].</param>
    /// <param name="resolution">The image's height and width.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    public void Preprocess(
        ReadOnlySpan<byte> encoded, Span<float> pixels, out Resolution resolution, string? name = null, CancellationToken cancellationToken = default) =>
        resolution = PreprocessBytes(encoded, pixels, name ?? Unnamed, cancellationToken);

    /// <summary>Decodes an image file in full size, within the limits and upright where the options say so.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <returns>The pixels, which the caller disposes. They count in the budget until they are returned, not as long as they are held.</returns>
    /// <exception cref="ImageDecodingException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public DecodedImage Decode(string path, CancellationToken cancellationToken = default)
    {
        using var encoded = ReadFile(path);
        return Decode(encoded.Bytes, path, cancellationToken);
    }

    /// <summary>Decodes an image from memory in full size, within the limits and upright where the options say so.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Ends the wait for memory, where other images have all of it.</param>
    /// <returns>The pixels, which the caller disposes. They count in the budget until they are returned, not as long as they are held.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for while the image waited.</exception>
    public DecodedImage Decode(ReadOnlySpan<byte> encoded, string? name = null, CancellationToken cancellationToken = default)
    {
        try
        {
            var plan = DecodingPlan.Create(encoded, Config, _options, isWanted: true);
            using var share = _options.Budget.Take(plan.Memory, cancellationToken);
            return Decode(encoded, plan);
        }
        catch (InvalidDataException e)
        {
            throw new ImageDecodingException(name ?? Unnamed, e.Message, e);
        }
    }

    private Resolution PreprocessPixels<T>(PixelView source, Span<T> pixels)
        where T : unmanaged
    {
        var plan = _transform.Plan(source);
        if (!_options.ApplyOrientation || source.Orientation is < 2 or > 8)
        {
            _transform.Apply(source, plan, pixels);
            return plan.Result;
        }
        _transform.RequireLength(pixels.Length, nameof(pixels));
        using var upright = OrientedImage.Create(source, source.Orientation);
        plan = _transform.Plan(upright.View);
        _transform.Apply(upright.View, plan, pixels);
        return plan.Result;
    }

    private Resolution PreprocessFile<T>(string path, Span<T> pixels, CancellationToken cancellationToken)
        where T : unmanaged
    {
        _transform.RequireLength(pixels.Length, nameof(pixels));
        using var encoded = ReadFile(path);
        return PreprocessBytes(encoded.Bytes, pixels, path, cancellationToken);
    }

    private Resolution PreprocessStream<T>(Stream stream, Span<T> pixels, string? name, CancellationToken cancellationToken)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        _transform.RequireLength(pixels.Length, nameof(pixels));
        name ??= stream is FileStream file ? file.Name : "(stream)";
        using var encoded = ReadStream(stream, name);
        return PreprocessBytes(encoded.Bytes, pixels, name, cancellationToken);
    }

    private Resolution PreprocessBytes<T>(ReadOnlySpan<byte> encoded, Span<T> pixels, string name, CancellationToken cancellationToken)
        where T : unmanaged
    {
        _transform.RequireLength(pixels.Length, nameof(pixels));
        try
        {
            var plan = DecodingPlan.Create(encoded, Config, _options, isWanted: false);
            using var share = _options.Budget.Take(plan.Memory, cancellationToken);
            if (plan.Stripes is not null)
            {
                PreprocessStripes(encoded, plan, pixels);
                return plan.Resize.Result;
            }
            using var image = Decode(encoded, plan);
            _transform.Apply(image.View, plan.ResizeOf(image.Width, image.Height), pixels);
            return plan.Resize.Result;
        }
        catch (InvalidDataException e)
        {
            throw new ImageDecodingException(name, e.Message, e);
        }
    }

    private unsafe void PreprocessStripes<T>(ReadOnlySpan<byte> encoded, DecodingPlan plan, Span<T> pixels)
        where T : unmanaged
    {
        fixed (byte* bytes = encoded)
        {
            using var stripes = plan.Stripes!.OpenStripes(bytes, encoded.Length, plan.Header, plan.ReducedBy);
            _transform.Apply(new PixelRows(stripes), plan.ResizeOf(stripes.Width, stripes.Height), pixels);
            stripes.Finish();
        }
    }

    private DecodedImage Decode(ReadOnlySpan<byte> encoded, DecodingPlan plan)
    {
        var image = plan.ReducedBy == EighthDecoder.Reduction ? EighthDecoder.TryDecode(encoded, plan.Header) : null;
        return OrientedImage.Create(image ?? _options.Decoder.Decode(encoded, plan.Header, plan.ReducedBy), plan.Orientation);
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
