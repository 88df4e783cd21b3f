using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Tests.Support;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>An image that is decoded in stripes has the same pixels as one that is decoded whole.</summary>
public class StripeTests
{
    private const int MostSide = 5000;

    private static readonly IStripeDecoder s_decoder = (IStripeDecoder)ImageDecoders.Skia;

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Golden.ImagePath(""))
        .Concat(Directory.EnumerateFiles(Fixtures.Find("jpeg_sampling"), "*.jpg"))
        .Concat(Directory.EnumerateFiles(Fixtures.Find("hostile_images"), "*.png").Where(path => !path.Contains("bomb", StringComparison.Ordinal)))
        .Where(path => CanReadStripes(File.ReadAllBytes(path)))
        .Order(StringComparer.Ordinal).Select(path => Path.GetFileName(path)!)];

    [Theory, MemberData(nameof(Files))]
    public void Read_AllRows_EqualsWhole(string file)
    {
        string[] folders = [Golden.ImagePath(""), Fixtures.Find("jpeg_sampling"), Fixtures.Find("hostile_images")];
        var encoded = File.ReadAllBytes(folders.Select(folder => Path.Combine(folder, file)).First(File.Exists));
        var header = ImageHeader.Read(encoded);
        byte[]? whole = null;
        try
        {
            using var image = s_decoder.Decode(encoded, header);
            whole = Colors(image.View);
        }
        catch (InvalidDataException)
        {
        }

        var stripes = Striped(encoded);

        Assert.Equal(whole, stripes);
    }

    [Theory]
    [InlineData(3000, 2000)]
    [InlineData(1500, 4001)]
    [InlineData(4001, 900)]
    public void Preprocess_LittleMemory_GivesTheSamePixels(int width, int height)
    {
        foreach (var encoded in (byte[][])[TestImages.Jpeg(width, height), TestImages.Png(width, height)])
        {
            foreach (var config in (PreprocessingConfig[])[PreprocessingConfig.OpenAI(224), PreprocessingConfig.SigLip(64), PreprocessingConfig.OpenAI(1000)])
            {
                var expected = Preprocess(encoded, config, new());
                var whole = Plan(encoded, config, new() { Decoder = ImageDecoders.Default });
                var options = new ImagePreprocessorOptions { Limits = new() { MaxMemory = whole.Memory - 1 } };

                Assert.NotNull(Plan(encoded, config, options).Stripes);
                Assert.Equal(expected, Preprocess(encoded, config, options));
            }
        }
    }

    // The crop shows the middle alone; the last rows count too.
    [Fact]
    public void Preprocess_DamageBelowTheCrop_IsFound()
    {
        var encoded = TestImages.Png(1000, 5000);
        encoded[encoded.Length - 100] ^= 0xFF;
        var options = new ImagePreprocessorOptions { Limits = new() { MaxMemory = 16 << 20 } };
        Assert.NotNull(Plan(encoded, PreprocessingConfig.OpenAI(224), options).Stripes);
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options);

        Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(encoded, new float[preprocessor.Length]));
    }

    [Fact]
    public void Read_RowsOutOfOrder_Throws()
    {
        var encoded = TestImages.Jpeg(100, 300);
        Open(encoded, reader =>
        {
            reader.Read(8, 4);
            Assert.Throws<InvalidOperationException>(() => reader.Read(0, 4).Width);
        });
    }

    private static bool CanReadStripes(byte[] encoded)
    {
        try
        {
            var header = ImageHeader.Read(encoded);
            return header.Width <= MostSide && header.Height <= MostSide && s_decoder.CanReadStripes(header, 1);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static DecodingPlan Plan(byte[] encoded, PreprocessingConfig config, ImagePreprocessorOptions options) =>
        DecodingPlan.Create(encoded, config, options, isWanted: false);

    private static float[] Preprocess(byte[] encoded, PreprocessingConfig config, ImagePreprocessorOptions options)
    {
        var preprocessor = new ImagePreprocessor(config, options);
        var pixels = new float[preprocessor.Length];
        preprocessor.Preprocess(encoded, pixels);
        return pixels;
    }

    // The fourth byte is nothing where there is no opacity.
    private static byte[] Colors(PixelView view)
    {
        var pixels = view.Pixels.ToArray();
        for (var i = 3; i < pixels.Length && view.Format == PixelFormat.Rgbx32; i += 4)
            pixels[i] = 0;
        return pixels;
    }

    private static byte[]? Striped(byte[] encoded)
    {
        byte[]? all = null;
        try
        {
            Open(encoded, reader =>
            {
                var rows = new List<byte>();
                for (var row = 0; row < reader.Height; row += reader.MostRows)
                    rows.AddRange(Colors(reader.Read(row, Math.Min(reader.MostRows, reader.Height - row))));
                reader.Finish();
                all = [.. rows];
            });
        }
        catch (InvalidDataException)
        {
        }
        return all;
    }

    private static unsafe void Open(byte[] encoded, Action<StripeReader> use)
    {
        fixed (byte* bytes = encoded)
        {
            using var reader = s_decoder.OpenStripes(bytes, encoded.Length, ImageHeader.Read(encoded), 1);
            use(reader);
        }
    }
}
