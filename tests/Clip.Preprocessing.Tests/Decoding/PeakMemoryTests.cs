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

    private static readonly Dictionary<string, Lazy<byte[]>> s_images = new()
    {
        ["JPEG baseline"] = new(() => TestImages.FlatJpeg(Width, Height, isProgressive: false)),
        ["JPEG progressive"] = new(() => TestImages.FlatJpeg(Width, Height, isProgressive: true)),
        ["PNG RGB 8"] = new(() => TestImages.BlackPng(Width, Height, 2, 8, isInterlaced: false)),
        ["PNG RGB 8 interlaced"] = new(() => TestImages.BlackPng(Width, Height, 2, 8, isInterlaced: true)),
        ["PNG RGB 16"] = new(() => TestImages.BlackPng(Width, Height, 2, 16, isInterlaced: false)),
        ["PNG RGBA 16 interlaced"] = new(() => TestImages.BlackPng(Width, Height, 6, 16, isInterlaced: true)),
        ["PNG RGBA 16"] = new(() => TestImages.BlackPng(Width, Height, 6, 16, isInterlaced: false)),
        ["WebP lossy"] = new(() => TestImages.WebP(Width, Height)),
        ["WebP lossless"] = new(() => TestImages.LosslessWebP(Width, Height)),
        ["GIF"] = new(() => TestImages.RedGif(Width, Height)),
        ["BMP"] = new(() => TestImages.BlackBmp(Width, Height)),
    };

    // The default decoder is SkiaSharp's for all but JPEG.
    public static TheoryData<string, string> Cases =>
    [
        .. s_images.Keys.SelectMany(image => TestedDecoders.Whole.Select(decoder => (image, decoder.Data)))
            .Where(@case => @case.Data != "Default" || @case.image.StartsWith("JPEG", StringComparison.Ordinal)),
    ];

    [Theory, MemberData(nameof(Cases))]
    [Trait("Category", "Timing")]
    public void Preprocess_LargeImage_TakesNoMoreThanEstimated(string image, string decoder)
    {
        Assert.SkipUnless(PeakMemory.IsKnown, "The peak cannot be reset here.");
        var encoded = s_images[image].Value;
        Touch(encoded);
        foreach (var isWhole in (bool[])[true, false])
        {
            var options = new ImagePreprocessorOptions { Decoder = TestedDecoders.Find(decoder) };
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

    // Some kernels count a page that nobody has written from the first reading on.
    private static void Touch(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i += Environment.SystemPageSize)
            Volatile.Write(ref bytes[i], bytes[i]);
    }
}
