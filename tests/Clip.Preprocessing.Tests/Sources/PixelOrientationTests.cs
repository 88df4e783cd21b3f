using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Sources;

public class PixelOrientationTests
{
    private const int Gap = 7;

    public static TheoryData<byte, PixelFormat> Cases =>
        [.. Enumerable.Range(1, 8).SelectMany(orientation => new[] { PixelFormat.Rgbx32, PixelFormat.Rgb24 }.Select(format => ((byte)orientation, format)))];

    [Theory, MemberData(nameof(Cases))]
    public void Preprocess_PixelsWithOrientation_EqualsTheFile(byte orientation, PixelFormat format)
    {
        var encoded = TestImages.WithOrientation(TestImages.Jpeg(90, 50), orientation);
        var upright = new ImagePreprocessor(PreprocessingConfig.OpenAI(32), new() { ApplyOrientation = true });
        var expected = new float[upright.Length];
        upright.Preprocess(encoded, expected);
        var stored = new ImagePreprocessor(PreprocessingConfig.OpenAI(32));
        using var image = stored.Decode(encoded);
        var pixels = WithGaps(image, format, out var stride);

        var actual = new float[upright.Length];
        upright.Preprocess(new PixelView(pixels, image.Width, image.Height, stride, format) { Orientation = orientation }, actual);
        Assert.Equal(expected, actual);

        stored.Preprocess(image.View, expected);
        stored.Preprocess(new PixelView(pixels, image.Width, image.Height, stride, format) { Orientation = orientation }, actual);
        Assert.Equal(expected, actual);
    }

    // NaFlex: the size is that of the upright image.
    [Fact]
    public void Preprocess_SizesOfTheirOwn_AreThoseOfTheUprightImage()
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.NaFlex(16, 64), new() { ApplyOrientation = true });

        preprocessor.Preprocess(new PixelView(new byte[3 * 90 * 30], 90, 30, 270) { Orientation = 6 }, new float[preprocessor.Length], out var resolution);

        Assert.Equal(preprocessor.Transform.FindResolution(30, 90), resolution);
        Assert.True(resolution.Height > resolution.Width);
    }

    private static byte[] WithGaps(DecodedImage image, PixelFormat format, out int stride)
    {
        var (from, to) = (image.Format.BytesPerPixel(), format.BytesPerPixel());
        stride = image.Width * to + Gap;
        var pixels = new byte[image.Height * stride];
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
                image.Pixels.Slice(y * image.Stride + x * from, 3).CopyTo(pixels.AsSpan(y * stride + x * to));
        }
        return pixels;
    }
}
