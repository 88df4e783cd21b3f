namespace Clip.Preprocessing;

/// <summary>How images are read; what the model expects is in <see cref="PreprocessingConfig"/>.</summary>
public sealed record ImagePreprocessorOptions
{
    /// <summary>What decodes; <see cref="ImageDecoders.Default"/> unless set.</summary>
    public IImageDecoder Decoder { get; init; } = ImageDecoders.Default;

    /// <summary>What a file may ask for.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Whether pictures are turned upright by their EXIF orientation; the original models do not.</summary>
    public bool ApplyOrientation { get; init; }

    /// <summary>
    /// Whether a large JPEG is decoded at half, a quarter or an eighth of its size, as long as that leaves twice the size
    /// it is then resized to. Faster, and a little different: see docs/preprocessing.md.
    /// </summary>
    public bool FastDecoding { get; init; }
}
