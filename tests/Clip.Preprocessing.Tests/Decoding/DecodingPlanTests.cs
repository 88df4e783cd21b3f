using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class DecodingPlanTests
{
    private static readonly PreprocessingConfig s_config = PreprocessingConfig.OpenAI(224);

    [Fact]
    public void Preprocess_MoreThanMaxMemory_NamesSizeLimitAndRemedy()
    {
        var preprocessor = new ImagePreprocessor(s_config, new() { Limits = new() { MaxMemory = 4_000_000 } });

        var error = Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(TestImages.WebP(1200, 900), new float[preprocessor.Length]));

        Assert.Contains($"{1200:N0} x {900:N0}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{4_000_000:N0}", error.Message, StringComparison.Ordinal);
        Assert.Contains("ImageLimits.MaxMemory", error.Message, StringComparison.Ordinal);
        Assert.Throws<ImageDecodingException>(() => preprocessor.Decode(TestImages.WebP(1200, 900)));
    }

    [Fact]
    public void Preprocess_MoreThanTheBudget_NamesSizeBudgetAndRemedy()
    {
        var budget = new ImageMemoryBudget(4_000_000);
        var preprocessor = new ImagePreprocessor(s_config, new() { Budget = budget });

        var error = Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(TestImages.WebP(1200, 900), new float[preprocessor.Length]));

        Assert.Contains($"{4_000_000:N0}", error.Message, StringComparison.Ordinal);
        Assert.Contains("ImagePreprocessorOptions.Budget", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, budget.BytesInUse);
    }

    // A photo of 100 megapixels, as the largest cameras make it, is read by default; with 4:4:4 sampling and progressive it takes the most.
    [Theory]
    [InlineData(0xC0)]
    [InlineData(0xC2)]
    public void Create_PhotoOfAHundredMegapixels_FitsTheDefaults(byte frame)
    {
        var plan = DecodingPlan.Create(JpegOfSize(11_648, 8_736, frame), s_config, new(), isWanted: false);

        Assert.InRange(plan.Memory, 1, ImageLimits.Default.MaxMemory);
    }

    [Fact]
    public void Create_ServerProfile_ReadsLargeBaselinePhotosInStripes()
    {
        var options = ImagePreprocessorOptions.ForServer();

        var plan = DecodingPlan.Create(JpegOfSize(11_648, 8_500, 0xC0), s_config, options, isWanted: false);

        Assert.NotNull(plan.Stripes);
        Assert.InRange(plan.Memory, 1, 32 << 20);
        var error = Assert.Throws<InvalidDataException>(() =>
            DecodingPlan.Create(JpegOfSize(11_648, 8_500, 0xC2), s_config, options, isWanted: false));
        Assert.Contains("MaxMemory", error.Message, StringComparison.Ordinal);
    }

    // A lossy file is decoded row by row; a lossless one is kept whole in memory of its own.
    [Fact]
    public void BufferedBytes_WebP_AreThoseOfLosslessFiles()
    {
        Assert.Equal(0, ImageHeader.Read(TestImages.WebP(120, 90)).BufferedBytes);
        Assert.Equal(4 * 120 * 90, ImageHeader.Read(TestImages.LosslessWebP(120, 90)).BufferedBytes);
    }

    [Theory]
    [InlineData(2, 8, false, 0)]
    [InlineData(2, 8, true, 3 * 120 * 90)]
    [InlineData(6, 16, true, 8 * 120 * 90)]
    public void BufferedBytes_Png_AreThePassesOfInterlacedFiles(byte color, byte depth, bool isInterlaced, long expected) =>
        Assert.Equal(expected, ImageHeader.Read(TestImages.BlackPng(120, 90, color, depth, isInterlaced)).BufferedBytes);

    // Coefficients are two bytes each, in whole blocks of 8 x 8.
    [Theory]
    [InlineData(0xC0, 0)]
    [InlineData(0xC1, 0)]
    [InlineData(0xC2, 3 * 2 * 104 * 56)]
    [InlineData(0xCA, 3 * 2 * 104 * 56)]
    public void BufferedBytes_Jpeg_AreTheCoefficientsOfAnImageInScans(byte frame, long expected) =>
        Assert.Equal(expected, ImageHeader.Read(JpegOfSize(100, 50, frame)).BufferedBytes);

    [Fact]
    public void BufferedBytes_BaselineOfSeveralScans_AreTheCoefficients()
    {
        var encoded = JpegOfSize(100, 50, 0xC0);
        // The first scan has one component of the three.
        encoded[^13] = 1;

        Assert.Equal(3 * 2 * 104 * 56, ImageHeader.Read(encoded).BufferedBytes);
    }

    // Turned images are decoded whole: then a smaller one helps.
    [Fact]
    public void Create_FastDecodingBeyondTheLimit_ReducesToTheSmallestSize()
    {
        var encoded = TestImages.WithOrientation(TestImages.Jpeg(2000, 1300), 6);
        var options = new ImagePreprocessorOptions { ApplyOrientation = true, FastDecoding = true };
        var plan = DecodingPlan.Create(encoded, s_config, options, isWanted: false);
        Assert.Equal(2, plan.ReducedBy);

        var small = DecodingPlan.Create(encoded, s_config, options with { Limits = new() { MaxMemory = plan.Memory - 1 } }, isWanted: false);

        Assert.Equal(4, small.ReducedBy);
        Assert.True(small.Memory < plan.Memory);
        Assert.Throws<InvalidDataException>(() => DecodingPlan.Create(
            encoded, s_config, options with { FastDecoding = false, Limits = new() { MaxMemory = plan.Memory } }, isWanted: false));
    }

    // The frame's header and the first scan's alone: enough for a plan.
    private static byte[] JpegOfSize(int width, int height, byte frame) =>
    [
        0xFF, 0xD8,
        0xFF, frame, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0,
        0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0,
        0, 0xFF, 0xD9,
    ];
}
