using Clip.Preprocessing;
using SkiaSharp;

namespace Clip.Interactive.Html;

/// <summary>A small image inside of a page.</summary>
internal static class Thumbnail
{
    // One pixel is a patch, so the aspect ratio stays.
    private const int Pixels = 112 * 112;

    private static readonly ImagePreprocessor Shrinking = new(PreprocessingConfig.NaFlex(patchSize: 1, mostPatches: Pixels));

    /// <summary>The image, or its name and the reason why it cannot be shown.</summary>
    /// <param name="image">The image. One that is read once is not read.</param>
    public static Markup Of(ImageSource image)
    {
        if (!image.CanBeReadAgain)
            return Markup.Of($"<em>{Name(image)} is read once</em>");
        try
        {
            var pixels = new float[3 * Pixels];
            var size = image.Preprocess(Shrinking, pixels);
            return Markup.Of($"<img src=\"data:image/jpeg;base64,{Encode(pixels, size)}\" alt=\"{Name(image)}\" title=\"{Name(image)}\" width=\"{size.Width}\" height=\"{size.Height}\">");
        }
        catch (ImageDecodingException e)
        {
            return Markup.Of($"<em>{e.Message}</em>");
        }
    }

    /// <summary>What an image is called: of a path, the file's name.</summary>
    public static string Name(ImageSource image) => Path.GetFileName(image.Name) is { Length: > 0 } name ? name : image.Name;

    private static string Encode(float[] planes, Resolution size)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = bitmap.GetPixelSpan();
        for (var i = 0; i < size.Pixels; i++)
        {
            for (var channel = 0; channel < 3; channel++)
                rgba[4 * i + channel] = (byte)MathF.Round(127.5f * (planes[channel * size.Pixels + i] + 1));      // from -1 to 1
            rgba[4 * i + 3] = byte.MaxValue;
        }
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality: 80);
        return Convert.ToBase64String(jpeg.AsSpan());
    }
}
