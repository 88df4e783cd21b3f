using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>What decoding takes at most, native memory included, beside what is estimated from the header.</summary>
// The peak is that of the whole process, which no other test may raise.
[CollectionDefinition(nameof(PeakMemoryTests), DisableParallelization = true)]
[Collection(nameof(PeakMemoryTests))]
public class PeakMemoryTests(ITestOutputHelper output)
{
    private const int Width = 6000;
    private const int Height = 4000;

    // Pages of the heap that the collector takes or gives back meanwhile.
    private const long Slack = 24 << 20;

    private static readonly Dictionary<string, Func<byte[]>> s_images = new()
    {
        ["JPEG baseline"] = () => TestImages.FlatJpeg(Width, Height, isProgressive: false),
        ["JPEG progressive"] = () => TestImages.FlatJpeg(Width, Height, isProgressive: true),
        ["PNG RGB 8"] = () => TestImages.BlackPng(Width, Height, 2, 8, isInterlaced: false),
        ["PNG RGB 8 interlaced"] = () => TestImages.BlackPng(Width, Height, 2, 8, isInterlaced: true),
        ["PNG RGB 16"] = () => TestImages.BlackPng(Width, Height, 2, 16, isInterlaced: false),
        ["PNG RGBA 16 interlaced"] = () => TestImages.BlackPng(Width, Height, 6, 16, isInterlaced: true),
        ["WebP lossy"] = () => TestImages.WebP(Width, Height),
        ["WebP lossless"] = () => TestImages.LosslessWebP(Width, Height),
        ["GIF"] = () => TestImages.RedGif(Width, Height),
        ["BMP"] = () => TestImages.BlackBmp(Width, Height),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var image in s_images.Keys)
            {
                cases.Add(image, "Default");
                cases.Add(image, "Skia");
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    [Trait("Category", "Timing")]
    public void Preprocess_LargeImage_TakesNoMoreThanEstimated(string image, string decoder)
    {
        Assert.SkipUnless(PeakMemory.IsKnown, "The peak cannot be reset here.");
        var encoded = s_images[image]();
        foreach (var isWhole in (bool[])[true, false])
        {
            var options = new ImagePreprocessorOptions { Decoder = decoder == "Skia" ? ImageDecoders.Skia : ImageDecoders.Default };
            var whole = DecodingPlan.Create(encoded, PreprocessingConfig.OpenAI(224), options, isWanted: true);
            if (!isWhole)
                options = options with { Limits = new() { MaxMemory = whole.Memory - 1 } };
            var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options);
            DecodingPlan plan;
            try
            {
                plan = DecodingPlan.Create(encoded, PreprocessingConfig.OpenAI(224), options, isWanted: isWhole);
            }
            catch (InvalidDataException)
            {
                continue;
            }
            var pixels = new float[preprocessor.Length];
            var before = PeakMemory.Reset();

            if (isWhole)
                preprocessor.Decode(encoded).Dispose();
            else
                preprocessor.Preprocess(encoded, pixels);

            var taken = PeakMemory.Read() - before;
            output.WriteLine(
                $"{image}, {decoder}, {(isWhole ? "whole" : "stripes")}: {(double)taken / (Width * Height):F2} bytes per pixel, " +
                $"estimated {(double)plan.Memory / (Width * Height):F2}");
            Assert.True(taken <= plan.Memory + Slack, $"{image} takes {taken:N0} bytes, {plan.Memory:N0} were estimated.");
        }
    }
}
