using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

/// <summary>Images that keep their aspect ratio.</summary>
public sealed class NaFlexTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1_000_000)]
    [InlineData(1_000_000, 1)]
    [InlineData(640, 480)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Fit_AnySize_StaysInTheBudget(int width, int height)
    {
        var budget = new PatchBudget(16, 256);

        var (fittedHeight, fittedWidth) = budget.Fit(width, height);

        Assert.Equal(0, fittedHeight % 16 + fittedWidth % 16);
        Assert.InRange(fittedHeight * fittedWidth, 1, budget.MostPixels);
    }

    [Fact]
    public void Preprocess_File_SaysItsSize()
    {
        var path = Directory.GetFiles(Path.Combine(Golden.Folder, "images"), "*.png").Order(StringComparer.Ordinal).First();
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.NaFlex(4, 40));
        var (fromFile, fromBytes, fromStream) = (new float[preprocessor.Length], new float[preprocessor.Length], new float[preprocessor.Length]);

        preprocessor.Preprocess(path, fromFile, out var size);
        preprocessor.Preprocess(File.ReadAllBytes(path), fromBytes, out var sizeOfBytes);
        using (var stream = File.OpenRead(path))
            preprocessor.Preprocess(stream, fromStream, out var sizeOfStream);

        using var image = preprocessor.Decode(path);
        Assert.Equal(new PatchBudget(4, 40).Fit(image.View.Width, image.View.Height), size);
        Assert.Equal(size, sizeOfBytes);
        Assert.Equal(fromFile, fromBytes);
        Assert.Equal(fromFile, fromStream);
    }

    [Fact]
    public void PreprocessBatch_SizesOfTheirOwn_IsRefused()
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.NaFlex());

        Assert.Throws<InvalidOperationException>(() => preprocessor.PreprocessBatch(["a.png"], new float[preprocessor.Length]));
    }

    [Theory]
    [InlineData("Siglip2ImageProcessor")]
    [InlineData("Siglip2ImageProcessorFast")]
    public void Parse_ProcessorOfSigLip2_IsNaFlex(string type)
    {
        var json = $$"""
            {
              "do_convert_rgb": null, "do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
              "image_processor_type": "{{type}}", "image_std": [0.5, 0.5, 0.5], "max_num_patches": 1024, "patch_size": 16,
              "processor_class": "Siglip2Processor", "resample": 2, "rescale_factor": 0.00392156862745098
            }
            """;

        Assert.Equal(PreprocessingConfig.NaFlex(16, 1024), PreprocessingConfig.Parse(System.Text.Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("\"patch_size\": 0", "patch_size")]
    [InlineData("\"patch_size\": 100000", "patch_size")]
    [InlineData("\"max_num_patches\": -5", "max_num_patches")]
    [InlineData("\"max_num_patches\": 2000000000", "max_num_patches")]
    [InlineData("\"patch_size\": 8192, \"max_num_patches\": 2", "Patches")]
    [InlineData("\"do_tile\": true", "do_tile")]
    public void Parse_HostileSetting_IsRefused(string setting, string named)
    {
        var json = $$"""{"image_processor_type": "Siglip2ImageProcessor", {{setting}}}""";

        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => PreprocessingConfig.Parse(System.Text.Encoding.UTF8.GetBytes(json))).Message);
    }
}
