using Clip.Preprocessing.Tests.Support;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>JPEG with sampling factors that libturbojpeg does not name, against the pixels that Pillow makes of them.</summary>
public class JpegSamplingTests
{
    public static TheoryData<string, string> Files => [.. Names.SelectMany(name => TestedDecoders.Whole.Select(decoder => (name, decoder.Data)))];

    private static string[] Names => ["luma1x3", "luma2x2-chroma2x1", "luma4x1-chroma2x1", "luma4x2", "cmyk-2x1"];

    [Theory, MemberData(nameof(Files))]
    public void Preprocess_UnusualSampling_EqualsPillow(string name, string decoder)
    {
        var options = new ImagePreprocessorOptions { Decoder = TestedDecoders.Find(decoder) };
        var config = PreprocessingConfig.OpenAI(32);
        var actual = Preprocess(new ImagePreprocessor(config, options), $"{name}.jpg");
        var expected = Preprocess(new ImagePreprocessor(config), $"{name}.expected.png");

        // SkiaSharp converts CMYK to RGB before it is resized, Pillow after. A step of 1 of 255 is at most 0.0155 after normalization.
        var steps = name.StartsWith("cmyk", StringComparison.Ordinal) ? 12 : 0;
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, (steps * 0.0155f) + 1e-5f));
    }

    // All data is there and only the end marker is not. A decoder would also read a file cut within its data, so it stays an error that says so.
    [Fact]
    public void Preprocess_NoEndMarker_SaysSo()
    {
        var exception = Assert.Throws<ImageDecodingException>(() => Preprocess(new ImagePreprocessor(PreprocessingConfig.OpenAI(32)), "no-end-marker.jpg"));

        Assert.Contains("its end marker is missing", exception.Message);
    }

    private static float[] Preprocess(ImagePreprocessor preprocessor, string file)
    {
        var pixels = new float[preprocessor.Length];
        preprocessor.Preprocess(Fixtures.Find("jpeg_sampling", file), pixels);
        return pixels;
    }
}
