namespace Clip.Preprocessing;

/// <summary>How images are read; what the model expects is in <see cref="PreprocessingConfig"/>.</summary>
public sealed record ImagePreprocessorOptions
{
    /// <summary>What decodes; <see cref="ImageDecoders.Default"/> unless set.</summary>
    public IImageDecoder Decoder { get; init; } = ImageDecoders.Default;

    /// <summary>What a file may ask for.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>The memory that all images being decoded at once may take; <see cref="ImageMemoryBudget.Default"/> unless set.</summary>
    public ImageMemoryBudget Budget { get; init; } = ImageMemoryBudget.Default;

    /// <summary>Whether images are turned upright by their EXIF orientation; the original models do not.</summary>
    public bool ApplyOrientation { get; init; }

    /// <summary>
    /// Whether a large JPEG is decoded at half, a quarter or an eighth of its size, as long as that leaves one and a half times the size
    /// it is then resized to. Faster, and a little different: see docs/preprocessing.md. One that would take more memory than the limits
    /// allow is decoded at the smallest of these sizes that is not below the size it is then resized to. Most files are decoded at an eighth without
    /// <see cref="Decoder"/>, by the first coefficients of their blocks; it is asked for the other sizes and files, and need not reduce them.
    /// </summary>
    public bool FastDecoding { get; init; }

    /// <summary>
    /// Options for a service that reads images from strangers: <see cref="ImageLimits.Server"/>, and a budget of its own. The pixels are the same
    /// as by default.
    /// </summary>
    /// <param name="budget">Bytes for all images being decoded at once; 256 MiB unless given.</param>
    public static ImagePreprocessorOptions ForServer(long budget = 256L << 20) => new()
    {
        Limits = ImageLimits.Server,
        Budget = new ImageMemoryBudget(budget),
    };
}
