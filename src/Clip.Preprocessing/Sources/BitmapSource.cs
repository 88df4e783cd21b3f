using System.Text.Json.Serialization;
using SkiaSharp;

namespace Clip.Preprocessing.Sources;

/// <summary>An image as a bitmap of SkiaSharp.</summary>
[JsonConverter(typeof(ImageSourceConverter))]
internal sealed class BitmapSource(SKBitmap bitmap, string name) : ImageSource(name)
{
    public override string? GetContentKey()
    {
        if (bitmap.Handle == 0 || !bitmap.ReadyToDraw)
            return null;
        var key = ContentKey.OfBytes(
            $"bitmap {bitmap.Width}x{bitmap.Height} {bitmap.ColorType} {bitmap.AlphaType} {bitmap.RowBytes}", bitmap.GetPixelSpan());
        GC.KeepAlive(bitmap);
        return key;
    }

    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        if (bitmap.Handle == 0 || !bitmap.ReadyToDraw)
            throw new ImageDecodingException(Name, bitmap.Handle == 0 ? "its bitmap is disposed" : "its bitmap has no pixels");
        Resolution resolution;
        if (FindFormat(bitmap.Info) is { } format)
        {
            preprocessor.Preprocess(new PixelView(bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height, bitmap.RowBytes, format), pixels, out resolution);
        }
        else
        {
            using var converted = Convert();
            preprocessor.Preprocess(converted.View, pixels, out resolution);
        }
        GC.KeepAlive(bitmap);
        return resolution;
    }

    // Opacity is kept apart from the colors here, so that multiplied ones are converted.
    private static PixelFormat? FindFormat(SKImageInfo info) => (info.ColorType, info.AlphaType) switch
    {
        (SKColorType.Gray8, _) => PixelFormat.Gray8,
        (SKColorType.Rgb888x, _) or (SKColorType.Rgba8888, SKAlphaType.Opaque) => PixelFormat.Rgbx32,
        (SKColorType.Rgba8888, SKAlphaType.Unpremul) => PixelFormat.Rgba32,
        _ => null,
    };

    // To the same color space: a profile would otherwise change the values.
    private unsafe DecodedImage Convert()
    {
        var converted = new DecodedImage(bitmap.Width, bitmap.Height, bitmap.AlphaType == SKAlphaType.Opaque ? PixelFormat.Rgbx32 : PixelFormat.Rgba32);
        var info = new SKImageInfo(bitmap.Width, bitmap.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, bitmap.ColorSpace);
        using var pixmap = bitmap.PeekPixels();
        fixed (byte* target = converted.Pixels)
        {
            if (pixmap.ReadPixels(info, (nint)target, converted.Stride))
                return converted;
        }
        converted.Dispose();
        throw new ImageDecodingException(Name, $"its bitmap of {bitmap.ColorType} pixels cannot be converted to RGBA");
    }
}
