using Clip.Preprocessing.Tests.Support;
using SkiaSharp;

namespace Clip.Preprocessing.Tests.Sources;

public class BitmapSourceTests
{
    private const int Width = 45;
    private const int Height = 37;

    private static readonly ImagePreprocessor Preprocessor = new(PreprocessingConfig.OpenAI(32));

    [Theory]
    [InlineData(SKColorType.Rgba8888, SKAlphaType.Opaque, PixelFormat.Rgbx32)]
    [InlineData(SKColorType.Rgba8888, SKAlphaType.Unpremul, PixelFormat.Rgba32)]
    [InlineData(SKColorType.Bgra8888, SKAlphaType.Opaque, PixelFormat.Rgbx32)]
    [InlineData(SKColorType.Bgra8888, SKAlphaType.Unpremul, PixelFormat.Rgba32)]
    [InlineData(SKColorType.Rgb888x, SKAlphaType.Opaque, PixelFormat.Rgbx32)]
    [InlineData(SKColorType.RgbaF16, SKAlphaType.Unpremul, PixelFormat.Rgba32)]
    [InlineData(SKColorType.Gray8, SKAlphaType.Opaque, PixelFormat.Gray8)]
    public void Preprocess_BitmapOfAnyKind_EqualsItsPixels(SKColorType color, SKAlphaType alpha, PixelFormat format)
    {
        var pixels = Pixels(format);
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, color, alpha));
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
                bitmap.SetPixel(x, y, Color(pixels.AsSpan((y * Width + x) * format.BytesPerPixel()), format));
        }
        if (format == PixelFormat.Gray8)
            pixels.CopyTo(bitmap.GetPixelSpan());

        Assert.Equal(Run(ImageSource.FromPixels(pixels, Width, Height, format)), Run(bitmap));
    }

    [Fact]
    public void Preprocess_MultipliedColors_AreDividedByOpacity()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Bgra8888, SKAlphaType.Premul));
        bitmap.Erase(new SKColor(200, 100, 50, 128));
        var pixels = Enumerable.Repeat<byte[]>([200, 100, 50, 128], Width * Height).SelectMany(pixel => pixel).ToArray();

        var differences = Run(bitmap).Zip(Run(ImageSource.FromPixels(pixels, Width, Height, PixelFormat.Rgba32)), (left, right) => Math.Abs(left - right));

        // A step of 1 of 255 is at most 0.0155 after normalization.
        Assert.InRange(differences.Max(), 0, 0.016f);
    }

    [Theory]
    [InlineData("jpeg_422_q75_301x199.jpg")]
    [InlineData("png_rgb_small_96x64.png")]
    [InlineData("png_srgb_icc_200x150.png")]
    [InlineData("png_L_257x389.png")]
    public void Preprocess_DecodedFile_EqualsTheFile(string file)
    {
        using var bitmap = SKBitmap.Decode(Golden.ImagePath(file));

        Assert.Equal(Run(Golden.ImagePath(file)), Run(bitmap));
    }

    [Fact]
    public void Preprocess_PartOfABitmap_ReadsItsRowsAlone()
    {
        using var whole = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Pixels(PixelFormat.Rgbx32).CopyTo(whole.GetPixelSpan());
        using var part = new SKBitmap();
        Assert.True(whole.ExtractSubset(part, new SKRectI(3, 5, 33, 25)));
        var expected = new float[Preprocessor.Length];
        Preprocessor.Preprocess(new PixelView(whole.GetPixelSpan(), Width, Height, whole.RowBytes, PixelFormat.Rgbx32).Crop(3, 5, 30, 20), expected);

        Assert.Equal(expected, Run(part));
    }

    [Fact]
    public void Preprocess_BitmapWithoutPixels_ThrowsImageDecodingException()
    {
        var disposed = new SKBitmap(4, 4);
        var source = ImageSource.FromBitmap(disposed, "thumbnail");
        disposed.Dispose();
        using var empty = new SKBitmap();

        Assert.Contains("'thumbnail' cannot be read: its bitmap is disposed", Assert.Throws<ImageDecodingException>(() => Run(source)).Message);
        Assert.Contains("no pixels", Assert.Throws<ImageDecodingException>(() => Run(empty)).Message);
        Assert.Throws<ArgumentNullException>(() => ImageSource.FromBitmap(null!));
    }

    private static byte[] Pixels(PixelFormat format)
    {
        var pixels = new byte[Width * Height * format.BytesPerPixel()];
        new Random(5).NextBytes(pixels);
        return pixels;
    }

    private static SKColor Color(ReadOnlySpan<byte> pixel, PixelFormat format) => format == PixelFormat.Gray8
        ? new SKColor(pixel[0], pixel[0], pixel[0])
        : new SKColor(pixel[0], pixel[1], pixel[2], format == PixelFormat.Rgba32 ? pixel[3] : (byte)255);

    private static float[] Run(ImageSource source)
    {
        var pixels = new float[Preprocessor.Length];
        source.Preprocess(Preprocessor, pixels);
        return pixels;
    }
}
