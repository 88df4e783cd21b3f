using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Tests.Support;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>A picture that is decoded in stripes has the same pixels as one that is decoded whole.</summary>
public class StripeTests
{
    private static readonly IStripeDecoder s_decoder = (IStripeDecoder)ImageDecoders.Skia;

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Golden.ImagePath(""))
        .Concat(Directory.EnumerateFiles(Fixtures.Find("jpeg_sampling"), "*.jpg"))
        .Where(path => CanReadStripes(File.ReadAllBytes(path)))
        .Order(StringComparer.Ordinal).Select(path => Path.GetFileName(path)!)];

    [Theory, MemberData(nameof(Files))]
    public void Read_AllRows_EqualsWhole(string file)
    {
        var encoded = File.ReadAllBytes(File.Exists(Golden.ImagePath(file)) ? Golden.ImagePath(file) : Fixtures.Find("jpeg_sampling", file));
        var header = ImageHeader.Read(encoded);
        byte[]? whole = null;
        try
        {
            using var image = s_decoder.Decode(encoded, header);
            whole = image.Pixels.ToArray();
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
            if (!CanReadStripes(encoded))
                continue;
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

    [Fact]
    public void Preprocess_DamageBelowTheCrop_IsFound()
    {
        var encoded = TestImages.Jpeg(1000, 5000);
        var options = new ImagePreprocessorOptions { Limits = new() { MaxMemory = 16 << 20 } };
        Assert.NotNull(Plan(encoded, PreprocessingConfig.OpenAI(224), options).Stripes);
        // The file ends early, behind a marker that says it does not.
        var cut = encoded[..(encoded.Length * 9 / 10)];
        (cut[^2], cut[^1]) = (0xFF, 0xD9);

        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options);
        var striped = Record.Exception(() => preprocessor.Preprocess(cut, new float[preprocessor.Length]));
        var whole = Record.Exception(() => new ImagePreprocessor(PreprocessingConfig.OpenAI(224)).Decode(cut).Dispose());

        Assert.Equal(whole?.GetType(), striped?.GetType());
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
            return s_decoder.CanReadStripes(ImageHeader.Read(encoded), 1);
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

    private static byte[]? Striped(byte[] encoded)
    {
        byte[]? all = null;
        try
        {
            Open(encoded, reader =>
            {
                var rows = new List<byte>();
                for (var row = 0; row < reader.Height; row += reader.MostRows)
                    rows.AddRange(reader.Read(row, Math.Min(reader.MostRows, reader.Height - row)).Pixels);
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
