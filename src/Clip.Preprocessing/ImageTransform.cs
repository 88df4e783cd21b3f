using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing;

/// <summary>Decoded pixels to what a model takes: resized, cropped, RGB, normalized.</summary>
/// <remarks>
/// Equal to Pillow with torchvision to the last bit, in 8-bit fixed point with antialiasing, horizontally and then
/// vertically. Safe for use by several threads at once; memory is kept between calls.
/// </remarks>
public sealed class ImageTransform
{
    private readonly Normalizer _normalizer;

    /// <summary>Creates a transform.</summary>
    /// <param name="config">What the model expects.</param>
    /// <exception cref="ArgumentException">The config does not make sense.</exception>
    public ImageTransform(PreprocessingConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        _normalizer = new Normalizer(config.Mean, config.Deviation);
    }

    /// <summary>What the model expects.</summary>
    public PreprocessingConfig Config { get; }

    /// <summary>Elements per image: three channels of the resolution, or of the largest where images take sizes of their own.</summary>
    public int Length => 3 * (Config.Patches?.MostPixels ?? Config.Resolution.Pixels);

    /// <summary>The size that an image takes: the resolution, or its own.</summary>
    /// <param name="width">The image's width.</param>
    /// <param name="height">The image's height.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below one.</exception>
    public Resolution FindResolution(int width, int height) => Config.Patches?.Fit(width, height) ?? Config.Resolution;

    /// <summary>Resizes, crops and normalizes.</summary>
    /// <param name="source">The decoded image.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, [3, height, width]; an image of a smaller size of its own takes the first of them.</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the image is empty.</exception>
    public void Apply(PixelView source, Span<float> pixels) => Apply(source, Plan(source), pixels);

    /// <inheritdoc cref="Apply(PixelView, Span{float})"/>
    public void Apply(PixelView source, Span<Half> pixels) => Apply(source, Plan(source), pixels);

    /// <summary>Resizes and crops; <see cref="Normalize(ReadOnlySpan{byte}, Span{float})"/> does the rest.</summary>
    /// <param name="source">The decoded image.</param>
    /// <param name="pixels">Space for <see cref="Length"/> bytes, [3, height, width]; an image of a smaller size of its own takes the first of them.</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the image is empty.</exception>
    public void Apply(PixelView source, Span<byte> pixels) => Apply(source, Plan(source), pixels);

    /// <summary>Normalizes pixels that were resized and cropped before: a quarter of the memory while they wait, and the same numbers.</summary>
    /// <param name="pixels">Bytes [3, height, width], of any size.</param>
    /// <param name="normalized">Space for as many elements.</param>
    /// <exception cref="ArgumentException">The lengths differ, or three channels do not share them.</exception>
    public void Normalize(ReadOnlySpan<byte> pixels, Span<float> normalized) => _normalizer.Normalize(pixels, normalized);

    /// <inheritdoc cref="Normalize(ReadOnlySpan{byte}, Span{float})"/>
    public void Normalize(ReadOnlySpan<byte> pixels, Span<Half> normalized) => _normalizer.Normalize(pixels, normalized);

    /// <summary>Resizes and crops without normalizing.</summary>
    /// <param name="source">The decoded image.</param>
    /// <param name="rgb">Space for <see cref="Length"/> bytes, [height, width, 3].</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the image is empty.</exception>
    public void Resize(PixelView source, Span<byte> rgb)
    {
        RequireLength(rgb.Length, nameof(rgb));
        var plan = Plan(source);
        var workspace = Workspace.Rent();
        var resized = Resampler.Resize(source, plan, Config, workspace);
        for (int from = 0, to = 0; from < resized.Length; from += 4, to += 3)
            resized.Slice(from, 3).CopyTo(rgb[to..]);
        workspace.Return();
    }

    internal void Apply<T>(PixelRows source, ResizePlan plan, Span<T> pixels)
        where T : unmanaged
    {
        RequireLength(pixels.Length, nameof(pixels));
        var workspace = Workspace.Rent();
        Write(Resampler.Resize(source, plan, Config, workspace), pixels[..(3 * plan.Result.Pixels)]);
        workspace.Return();
    }

    internal void Write<T>(ReadOnlySpan<byte> resized, Span<T> pixels)
        where T : unmanaged => _normalizer.Write(resized, pixels);

    internal void RequireLength(int length, string name)
    {
        if (length != Length)
        {
            var shape = Config.Patches is null ? $"[3, {Config.Resolution.Height}, {Config.Resolution.Width}]" : "enough for the largest image";
            throw new ArgumentException($"{name} must have {Length} elements, {shape}, but has {length}.", name);
        }
    }

    internal ResizePlan Plan(PixelView source) => source.Width > 0
        ? ResizePlan.Create(Config, source.Width, source.Height)
        : throw new ArgumentException("There are no pixels.", nameof(source));
}
