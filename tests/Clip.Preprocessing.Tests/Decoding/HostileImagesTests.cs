using System.Diagnostics;
using System.Text.Json;
using Clip.Preprocessing.Tests.Support;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Decoding;

[Collection(nameof(PeakMemoryTests))]
public class HostileImagesTests(ITestOutputHelper output)
{
    [Theory, MemberData(nameof(TestedDecoders.Whole), MemberType = typeof(TestedDecoders))]
    public void Preprocess_HostileImage_DoesWhatItMust(string decoder)
    {
        var preprocessor = Create(decoder, 224);
        var pixels = new float[preprocessor.Length];
        var wrong = new List<string>();
        foreach (var hostile in JsonDocument.Parse(File.ReadAllBytes(Fixtures.Find("hostile_images", "manifest.json"))).RootElement.EnumerateArray())
        {
            var file = hostile.GetProperty("file").GetString()!;
            var expect = hostile.GetProperty("expect").GetString()!;
            var verdict = Try(preprocessor, Fixtures.Find("hostile_images", file), pixels);
            output.WriteLine($"{file}: {verdict} ({expect})");

            var mustFail = expect.StartsWith("reject", StringComparison.Ordinal) && !expect.Contains(" or load", StringComparison.Ordinal);
            var mustLoad = expect == "load the first";
            if ((mustFail && verdict == "loaded") || (mustLoad && verdict != "loaded"))
                wrong.Add($"{file}: {verdict}");
        }
        Assert.Empty(wrong);
    }

    // Decoders that fall for them take many minutes and gigabytes.
    [Theory, MemberData(nameof(TestedDecoders.Whole), MemberType = typeof(TestedDecoders))]
    [Trait("Category", "Timing")]
    public void Preprocess_HostileImages_TakeNeitherLongNorAllMemory(string decoder)
    {
        var preprocessor = Create(decoder, 224);
        var pixels = new float[preprocessor.Length];
        var before = PeakMemory.IsKnown ? PeakMemory.Reset() : 0;
        foreach (var path in Directory.EnumerateFiles(Fixtures.Find("hostile_images")).Where(path => Path.GetExtension(path) != ".json"))
        {
            var watch = Stopwatch.StartNew();
            Try(preprocessor, path, pixels);
            Assert.True(watch.Elapsed < Patience.Limit, $"{path} takes {watch.Elapsed}.");
        }
        Assert.SkipUnless(PeakMemory.IsKnown, "The time was looked at; the peak of memory cannot be reset here.");
        Assert.InRange(PeakMemory.Read() - before, 0, 1L << 30);
    }

    [Theory, MemberData(nameof(TestedDecoders.Whole), MemberType = typeof(TestedDecoders))]
    public void Preprocess_Bombs_KeepMemoryBounded(string decoder)
    {
        var preprocessor = Create(decoder, 224);
        var pixels = new float[preprocessor.Length];
        foreach (var path in Directory.EnumerateFiles(Fixtures.Find("hostile_images"), "*bomb*").Concat(Directory.EnumerateFiles(Fixtures.Find("hostile_images"), "declares*")))
        {
            // The one bomb below Pillow's limit of pixels is 100 million of them: 400 MB for an image that large.
            if (path.EndsWith("gif_bomb_many_frames.gif", StringComparison.Ordinal))
                continue;
            var before = GC.GetAllocatedBytesForCurrentThread();
            Try(preprocessor, path, pixels);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20, path);
        }
    }

    [Theory, MemberData(nameof(TestedDecoders.Whole), MemberType = typeof(TestedDecoders))]
    public void Preprocess_JpegCutAnywhere_ThrowsImageDecodingException(string decoder)
    {
        var preprocessor = Create(decoder, 32);
        var pixels = new float[preprocessor.Length];
        foreach (var file in (string[])["progressive_many_scans.jpg", "jpeg_double.jpg"])
        {
            var encoded = File.ReadAllBytes(Fixtures.Find("hostile_images", file));
            var whole = file.StartsWith("jpeg_double", StringComparison.Ordinal) ? encoded.Length / 2 : encoded.Length;
            for (var length = 0; length < whole - 1; length += Math.Max(1, whole / 200))
                Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(encoded.AsSpan(0, length), pixels));
        }
    }

    private static ImagePreprocessor Create(string decoder, int side) =>
        new(PreprocessingConfig.OpenAI(side), new ImagePreprocessorOptions { Decoder = TestedDecoders.Find(decoder) });

    private static string Try(ImagePreprocessor preprocessor, string path, float[] pixels)
    {
        try
        {
            preprocessor.Preprocess(path, pixels);
            return "loaded";
        }
        catch (ImageDecodingException e)
        {
            Assert.Equal(path, e.SourceName);
            return e.Message[e.Message.IndexOf("read:", StringComparison.Ordinal)..];
        }
    }
}
