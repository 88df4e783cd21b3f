using System.Runtime.InteropServices;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

public class OpenAITests(ITestOutputHelper output)
{
    // Pillow's own way with 16-bit gray: it cuts it off at 255.
    private static readonly string[] Different = ["png_gray16_240x320.png", "png_gray16_dark_240x320.png"];

    public static TheoryData<string> Decoders => ["Skia", "TurboJpeg"];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Preprocess_RecordedFiles_EqualsPillowAndTorchvision(string decoder)
    {
        Assert.SkipWhen(decoder == "TurboJpeg" && ImageDecoders.TurboJpeg is null, "The system has no libturbojpeg.");
        var options = new ImagePreprocessorOptions { Decoder = decoder == "Skia" ? ImageDecoders.Skia : ImageDecoders.Default };
        var differing = new List<string>();
        foreach (var image in Golden.Index("openai_index.json").GetProperty("images").EnumerateObject())
        {
            if (!Golden.HasImage(image.Name))
                continue;
            foreach (var recorded in image.Value.GetProperty("openai").EnumerateObject())
            {
                var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(int.Parse(recorded.Name)), options);
                var pixels = new float[preprocessor.Length];
                preprocessor.Preprocess(Golden.ImagePath(image.Name), pixels);
                if (Golden.Sha256(MemoryMarshal.AsBytes<float>(pixels)) != recorded.Value.GetProperty("f32_le_chw_sha256").GetString())
                {
                    differing.Add(image.Name);
                    output.WriteLine($"{image.Name} at {recorded.Name} differs");
                }
            }
        }
        Assert.Empty(differing.Distinct().Except(Different).Except(decoder == "Skia" ? ["jpeg_cmyk_320x256.jpg"] : []));
    }

    [Fact]
    public void Preprocess_CompleteRecordings_AreWhatTheOtherTestsUse()
    {
        Assert.SkipWhen(Golden.Complete is null, Golden.SkipReason);
        Assert.All(
            Golden.Index("openai_index.json").GetProperty("images").EnumerateObject(),
            image => Assert.True(Golden.HasImage(image.Name), image.Name));
    }
}
