using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp.Tests;

public class ImageSharpDecoderTests
{
    private static readonly ImagePreprocessor Preprocessor =
        new(PreprocessingConfig.OpenAI(224), new() { Decoder = new ImageSharpDecoder() });

    private static string Picture => Fixtures.Find("preprocess", "images", "png_rgb_small_96x64.png");

    [Fact]
    public void Preprocess_LosslessFile_EqualsTheDefaultDecoder()
    {
        var expected = new float[Preprocessor.Length];
        new ImagePreprocessor(PreprocessingConfig.OpenAI(224)).Preprocess(Picture, expected);
        var actual = new float[Preprocessor.Length];
        Preprocessor.Preprocess(Picture, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Preprocess_Image_EqualsTheFile()
    {
        var expected = new float[Preprocessor.Length];
        Preprocessor.Preprocess(Picture, expected);
        using var image = Image.Load<Rgb24>(Picture);
        var actual = new float[Preprocessor.Length];
        Preprocessor.Preprocess(image, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Preprocess_DamagedFile_ThrowsImageDecodingException()
    {
        var path = Fixtures.Find("hostile_images", "corrupt_deflate.png");
        Assert.Throws<ImageDecodingException>(() => Preprocessor.Preprocess(path, new float[Preprocessor.Length]));
    }
}
