using SixLabors.ImageSharp;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Takes ImageSharp's images as input.</summary>
public static class ImageSharpExtensions
{
    /// <summary>An image of any pixel type for whatever takes images: <c>clip.EmbedImage(image.AsImageSource())</c>.</summary>
    /// <remarks>
    /// The first frame counts. Pixels of 8 bits per sample are read in place, others are converted first. Where images are turned
    /// upright (<see cref="ImagePreprocessorOptions.ApplyOrientation"/>), this one is by the orientation in its EXIF profile, which
    /// ImageSharp's <c>AutoOrient</c> sets to upright.
    /// </remarks>
    /// <param name="image">The image; it must not change, nor be disposed, until it is prepared.</param>
    /// <param name="name">What errors and results call the image.</param>
    public static ImageSource AsImageSource(this Image image, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ImageSharpSource(image, name ?? "(image)");
    }

    /// <summary>Takes a decoded image of any pixel type, as <see cref="AsImageSource"/> does.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    /// <param name="image">The image; it stays as it is.</param>
    /// <param name="pixels">Space for <see cref="ImagePreprocessor.Length"/> elements, [3, height, width].</param>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    public static void Preprocess(this ImagePreprocessor preprocessor, Image image, Span<float> pixels)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        image.AsImageSource().Preprocess(preprocessor, pixels);
    }
}
