using Clip.Preprocessing.Resampling;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class DecodedPixelsTests(ITestOutputHelper output)
{
    public static TheoryData<string> Decoders => ["Skia", "Default"];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decode_RecordedFiles_EqualsPillowWhereTheCodecAllows(string decoder)
    {
        var options = new ImagePreprocessorOptions { Decoder = decoder == "Skia" ? ImageDecoders.Skia : ImageDecoders.Default };
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options);
        var equal = 0;
        var differing = new List<string>();
        foreach (var recorded in Golden.Index("openai_index.json").GetProperty("images").EnumerateObject())
        {
            if (!Golden.HasImage(recorded.Name))
                continue;
            var actual = DecodeRgb(preprocessor, Golden.ImagePath(recorded.Name));
            if (Golden.Sha256(actual) == recorded.Value.GetProperty("decoded_rgb_sha256").GetString())
            {
                equal++;
                continue;
            }
            differing.Add(recorded.Name);
            var expected = DecodeRgb(preprocessor, Path.Combine(Golden.Folder, "decoded", Path.GetFileNameWithoutExtension(recorded.Name) + ".rgb.png"));
            output.WriteLine($"{recorded.Name} differs by up to {Difference.Largest(actual, expected)}");
        }
        output.WriteLine($"{equal} files are equal to Pillow's with {options.Decoder.Name}");
        string[] allowed = ["png_gray16_240x320.png", "png_gray16_dark_240x320.png", "jpeg_cmyk_320x256.jpg"];
        Assert.Empty(differing.Except(allowed));
        Assert.True(equal >= 30);
    }

    [Fact]
    public void Decode_BothJpegDecoders_AgreeInEverySize()
    {
        Assert.SkipWhen(ImageDecoders.TurboJpeg is null, "The system has no libturbojpeg.");
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Golden.Folder, "images"), "*.jpg"))
        {
            var encoded = File.ReadAllBytes(path);
            var header = ImageHeader.Read(encoded);
            if (header.Color == SourceColor.Cmyk)
                continue;
            for (var reduction = 1; reduction <= 8; reduction *= 2)
            {
                using var ours = ImageDecoders.TurboJpeg!.Decode(encoded, header, reduction);
                using var skia = ImageDecoders.Skia.Decode(encoded, header, reduction);
                Assert.Equal((skia.Width, skia.Height), (ours.Width, ours.Height));
                var largest = Difference.Largest(Rgb(skia), Rgb(ours));
                output.WriteLine($"{Path.GetFileName(path)} 1/{reduction}: {largest}");
                Assert.True(reduction > 1 || largest == 0);
            }
        }
    }

    private static byte[] DecodeRgb(ImagePreprocessor preprocessor, string path)
    {
        using var image = preprocessor.Decode(path);
        return Rgb(image);
    }

    private static byte[] Rgb(DecodedImage image)
    {
        var config = PreprocessingConfig.HuggingFace(1) with { ResizeMode = ResizeMode.Squash };
        var plan = new ResizePlan(image.Width, image.Height, 0, 0, new Resolution(image.Height, image.Width));
        var workspace = Workspace.Rent();
        var pixels = Resampler.Resize(image.View, plan, config, workspace);
        var rgb = new byte[pixels.Length / 4 * 3];
        for (var i = 0; i < rgb.Length / 3; i++)
            pixels.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        return rgb;
    }
}
