using Clip.Preprocessing.Decoding.Jpeg;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>Images of reduced JPEG files beside those of exact ones, by every decoder.</summary>
public class FastDecodingTests(ITestOutputHelper output)
{
    private static readonly PreprocessingConfig s_config = PreprocessingConfig.OpenAI(48);

    public static TheoryData<string, byte, int> Turned =>
    [
        .. from decoder in TestedDecoders.Names
           from orientation in Enumerable.Range(1, 8)
           // Reduced by 2 and by 8, which is read in another way. No side divides by 8.
           from width in (int[])[237, 1003]
           select (decoder.Data, (byte)orientation, width),
    ];

    [Theory, MemberData(nameof(Turned))]
    public void Preprocess_Turned_StaysNear(string decoder, byte orientation, int width)
    {
        var encoded = TestImages.WithOrientation(GeneratedPhoto.Create(width, width * 3 / 4, seed: 3), orientation);
        var options = new ImagePreprocessorOptions { Decoder = TestedDecoders.Find(decoder), ApplyOrientation = true };

        var exact = Run(options, encoded);
        var fast = Run(options with { FastDecoding = true }, encoded);

        var difference = exact.Zip(fast, (left, right) => Math.Abs(left - right)).Average();
        output.WriteLine($"{difference:F4} deviations");
        Assert.InRange(difference, decoder == "ImageSharp" && width < 900 ? 0 : 1e-5, 0.01);
    }

    [Fact]
    public void Preprocess_Exact_AsksForTheWholeImage()
    {
        var decoder = new Recorder();

        Run(new() { Decoder = decoder }, GeneratedPhoto.Create(1000, 750, seed: 1));

        Assert.Equal([(1, 1000, 750)], decoder.Decoded);
    }

    [Theory]
    [InlineData(200, 150, 2)]
    [InlineData(410, 400, 4)]
    [InlineData(300, 90, 1)]
    public void Preprocess_Fast_DecodesNoFewerPixelsThanItNeeds(int width, int height, int reduction)
    {
        var decoder = new Recorder();

        Run(new() { Decoder = decoder, FastDecoding = true }, GeneratedPhoto.Create(width, height, seed: 1));

        Assert.Equal([(reduction, (width + reduction - 1) / reduction, (height + reduction - 1) / reduction)], decoder.Decoded);
        Assert.True(height / reduction >= s_config.Resolution.Height);
    }

    [Fact]
    public void Preprocess_FastAtAnEighth_NeedsNoDecoder()
    {
        var decoder = new Recorder();
        var photo = GeneratedPhoto.Create(1000, 750, seed: 1);

        var own = Run(new() { Decoder = decoder, FastDecoding = true }, photo);

        Assert.Empty(decoder.Decoded);
        Assert.Equal(own, Run(new() { FastDecoding = true }, photo));
    }

    // Progressive files have their DC coefficients in scans of their own.
    [Fact]
    public void Preprocess_FastAtAnEighthOfAnotherKind_AsksTheDecoder()
    {
        var decoder = new Recorder();
        var path = TestUtilities.Fixtures.Find("jpeg_eighth", "progressive.jpg");

        new ImagePreprocessor(PreprocessingConfig.OpenAI(8), new() { Decoder = decoder, FastDecoding = true }).Preprocess(path, new float[3 * 8 * 8]);

        Assert.Equal([(EighthDecoder.Reduction, 20, 15)], decoder.Decoded);
    }

    // A decoder that ignores the reduction gives the exact image, and is not resized as if it had reduced it.
    [Fact]
    public void Preprocess_FastByADecoderThatDoesNotReduce_IsExact()
    {
        var photo = GeneratedPhoto.Create(237, 177, seed: 2);

        Assert.Equal(Run(new(), photo), Run(new() { Decoder = new Recorder(ignoresReduction: true), FastDecoding = true }, photo));
    }

    // The preview in the file is of another picture.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Preprocess_ThumbnailOfAnotherPicture_IsNotLookedAt(bool isFast)
    {
        var photo = GeneratedPhoto.Create(1000, 750, seed: 1);
        var options = new ImagePreprocessorOptions { FastDecoding = isFast, ApplyOrientation = true };

        var marked = TestImages.WithThumbnail(photo, GeneratedPhoto.Create(160, 120, seed: 2));

        Assert.Equal(Run(options, photo), Run(options, marked));
    }

    private static float[] Run(ImagePreprocessorOptions options, byte[] encoded)
    {
        var preprocessor = new ImagePreprocessor(s_config, options);
        var pixels = new float[preprocessor.Length];
        preprocessor.Preprocess(encoded, pixels);
        return pixels;
    }

    private sealed class Recorder(bool ignoresReduction = false) : IImageDecoder
    {
        public List<(int Reduction, int Width, int Height)> Decoded { get; } = [];

        public string Name => "recorder";

        public bool CanDecode(ImageHeader header) => true;

        public DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
        {
            var image = ImageDecoders.Skia.Decode(encoded, header, ignoresReduction ? 1 : reduction);
            Decoded.Add((reduction, image.Width, image.Height));
            return image;
        }
    }
}
