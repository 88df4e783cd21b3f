using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class MutationTests(ITestOutputHelper output)
{
    private static readonly string[] Seeds =
    [
        "jpeg_422_q75_301x199.jpg", "jpeg_gray_q80_280x210.jpg", "jpeg_exif_orientation6_400x300.jpg", "png_rgb_small_96x64.png",
        "png_P_trns_index_180x240.png", "png_1bit_320x200.png", "webp_lossy_q80_500x333.webp", "webp_lossless_130x117.webp",
        "gif_transparent_250x180.gif", "bmp_rgb_120x90.bmp",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Preprocess_MutatedFile_ThrowsNothingButImageDecodingException(bool skiaOnly)
    {
        Assert.SkipWhen(!skiaOnly && ImageDecoders.TurboJpeg is null, "The system has no libturbojpeg.");
        var options = new ImagePreprocessorOptions
        {
            Decoder = skiaOnly ? ImageDecoders.Skia : ImageDecoders.Default,
            Limits = new ImageLimits { MaxPixels = 1 << 20 },
            ApplyOrientation = true,
            FastDecoding = true,
        };
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(32), options);
        var pixels = new float[preprocessor.Length];
        var random = new Random(7);
        int loaded = 0, refused = 0;
        foreach (var seed in Seeds)
        {
            var original = File.ReadAllBytes(Golden.ImagePath(seed));
            for (var i = 0; i < 300; i++)
            {
                var mutated = Mutate(original, random);
                try
                {
                    preprocessor.Preprocess(mutated, pixels);
                    loaded++;
                }
                catch (ImageDecodingException)
                {
                    refused++;
                }
            }
        }
        output.WriteLine($"{loaded} loaded, {refused} refused");
        Assert.True(refused > 100);
    }

    [Fact]
    public void Preprocess_RandomBytes_ThrowsImageDecodingException()
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(32));
        var pixels = new float[preprocessor.Length];
        var random = new Random(8);
        byte[][] beginnings = [[], [0xFF, 0xD8, 0xFF], [.. "\u0089PNG\r\n\u001a\n"u8], [.. "GIF89a"u8], [.. "BM"u8], [.. "RIFF    WEBPVP8X"u8]];
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            beginnings[i % beginnings.Length].AsSpan(0, Math.Min(bytes.Length, beginnings[i % beginnings.Length].Length)).CopyTo(bytes);
            Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(bytes, pixels));
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var mutated = (byte[])original.Clone();
        // Most of what decides something stands at the beginning.
        var reach = random.Next(2) == 0 ? Math.Min(200, mutated.Length) : mutated.Length;
        for (var i = random.Next(1, 8); i > 0; i--)
            mutated[random.Next(reach)] = random.Next(3) == 0 ? (byte)255 : (byte)random.Next(256);
        return random.Next(4) == 0 ? mutated[..random.Next(mutated.Length)] : mutated;
    }
}
