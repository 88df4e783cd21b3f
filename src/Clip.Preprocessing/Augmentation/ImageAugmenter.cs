using System.Runtime.InteropServices;
using Clip.Preprocessing.Augmentation;
using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing;

/// <summary>Decoded pixels to what a model is trained on: randomly cropped and varied, resized, normalized.</summary>
/// <remarks>The same image with the same seed gives the same numbers. Safe for use by several threads at once.</remarks>
public sealed class ImageAugmenter
{
    private readonly ImageTransform _transform;

    /// <summary>Creates an augmenter.</summary>
    /// <param name="config">What the model expects; crops are squashed to its resolution.</param>
    /// <param name="augmentation">How images are varied.</param>
    /// <exception cref="ArgumentException">One of the configs does not make sense.</exception>
    public ImageAugmenter(PreprocessingConfig config, AugmentationConfig? augmentation = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        Augmentation = augmentation ?? new AugmentationConfig();
        Augmentation.Validate();
        _transform = new ImageTransform(config with { ResizeMode = ResizeMode.Squash, Patches = null });
    }

    /// <summary>How images are varied.</summary>
    public AugmentationConfig Augmentation { get; }

    /// <summary>Elements per image: three channels of the resolution.</summary>
    public int Length => _transform.Length;

    /// <summary>Crops, resizes, varies and normalizes.</summary>
    /// <param name="source">The decoded image.</param>
    /// <param name="seed">Decides everything random; give each image of each epoch its own.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements, [3, height, width].</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the image is empty.</exception>
    public void Apply(PixelView source, long seed, Span<float> pixels) => Augment(source, seed, pixels);

    /// <inheritdoc cref="Apply(PixelView, long, Span{float})"/>
    public void Apply(PixelView source, long seed, Span<Half> pixels) => Augment(source, seed, pixels);

    /// <summary>Crops, resizes and varies; <see cref="ImageTransform.Normalize(ReadOnlySpan{byte}, Span{float})"/> does the rest.</summary>
    /// <param name="source">The decoded image.</param>
    /// <param name="seed">Decides everything random; give each image of each epoch its own.</param>
    /// <param name="pixels">Space for <see cref="Length"/> bytes, [3, height, width].</param>
    /// <exception cref="ArgumentException">The room is not of that length, or the image is empty.</exception>
    public void Apply(PixelView source, long seed, Span<byte> pixels) => Augment(source, seed, pixels);

    private void Augment<T>(PixelView source, long seed, Span<T> pixels)
        where T : unmanaged
    {
        _transform.RequireLength(pixels.Length, nameof(pixels));
        if (source.Width == 0)
            throw new ArgumentException("There are no pixels.", nameof(source));
        var random = new SeededRandom(seed);
        var crop = RandomCrop.Choose(Augmentation, source.Width, source.Height, ref random);
        var config = _transform.Config;
        var workspace = Workspace.Rent();
        var resized = Resampler.Resize(
            source.Crop(crop.Left, crop.Top, crop.Width, crop.Height), ResizePlan.Squash(config.Resolution), config, workspace);
        // Every choice draws its number, taken or not, so that one setting does not change what another does.
        var isFlipped = random.Next() < Augmentation.FlipProbability;
        var isGray = random.Next() < Augmentation.GrayscaleProbability;
        var isVaried = random.Next() < Augmentation.ColorJitterProbability;
        if (isFlipped)
            Flip(resized, config.Resolution);
        if (isVaried)
            ColorJitter.Apply(resized, Augmentation, ref random);
        if (isGray)
            ColorJitter.ToGray(resized);
        _transform.Write(resized, pixels);
        workspace.Return();
    }

    private static void Flip(Span<byte> pixels, Resolution resolution)
    {
        var all = MemoryMarshal.Cast<byte, uint>(pixels);
        for (var y = 0; y < resolution.Height; y++)
            all.Slice(y * resolution.Width, resolution.Width).Reverse();
    }
}
