namespace Clip.Preprocessing.Resampling;

/// <summary>The size an image takes, and the part of it that is computed.</summary>
/// <param name="Width">Width of the whole resized image. A thin image's can be far beyond any memory.</param>
/// <param name="Height">Height of the whole resized image.</param>
/// <param name="Left">First column of the result in the resized image; negative where padding comes before it.</param>
/// <param name="Top">First row of the result in the resized image; negative where padding comes before it.</param>
/// <param name="Result">The sides of the result.</param>
internal readonly record struct ResizePlan(long Width, long Height, long Left, long Top, Resolution Result)
{
    /// <summary>Where the old image lies in its pixels; null where it is all of them.</summary>
    public PixelExtent? Extent { get; init; }

    /// <summary>Plans one side's share of a resize to exactly the result.</summary>
    public static ResizePlan Squash(Resolution result) => new(result.Width, result.Height, 0, 0, result);

    /// <summary>Plans what a config asks for.</summary>
    public static ResizePlan Create(PreprocessingConfig config, int width, int height)
    {
        if (config.Patches is { } patches)
            return Squash(patches.Fit(width, height));
        var result = config.Resolution;
        var (resizedWidth, resizedHeight) = config.ResizeMode switch
        {
            ResizeMode.Squash => (result.Width, result.Height),
            ResizeMode.Longest => KeepRatio(result, width, height, longest: true),
            ResizeMode.Shortest when result.Width != result.Height => KeepRatio(result, width, height, longest: false),
            ResizeMode.Shortest => ShortestSide(result.Width, width, height),
            _ => throw new ArgumentException($"There is no resize mode {config.ResizeMode}.", nameof(config)),
        };
        return new ResizePlan(
            resizedWidth,
            resizedHeight,
            CropStart(resizedWidth, result.Width, config.CropRounding),
            CropStart(resizedHeight, result.Height, config.CropRounding),
            result);
    }

    // torchvision's rule for a single size: the short side is exact, the long one cut down to a whole number.
    private static (long Width, long Height) ShortestSide(int side, int width, int height)
    {
        var longest = (long)((double)((long)side * Math.Max(width, height)) / Math.Min(width, height));
        return width <= height ? (side, longest) : (longest, side);
    }

    // open_clip's rule for two sizes: one ratio for both sides, each rounded half to even.
    private static (long Width, long Height) KeepRatio(Resolution result, int width, int height, bool longest)
    {
        var heightRatio = (double)height / result.Height;
        var widthRatio = (double)width / result.Width;
        var ratio = longest ? Math.Max(heightRatio, widthRatio) : Math.Min(heightRatio, widthRatio);
        // A very thin image would vanish: one pixel is the least that can be resized.
        return (Math.Max(1, (long)Math.Round(width / ratio)), Math.Max(1, (long)Math.Round(height / ratio)));
    }

    private static long CropStart(long size, int crop, CropRounding rounding)
    {
        // Padding splits with the odd pixel at the end, whatever the rounding of the crop.
        if (crop > size)
            return -((crop - size) / 2);
        return rounding == CropRounding.Floor ? (size - crop) / 2 : (long)Math.Round((size - crop) / 2.0);
    }
}
