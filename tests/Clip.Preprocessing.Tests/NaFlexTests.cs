using System.Runtime.InteropServices;
using System.Text.Json;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

/// <summary>Images that keep their aspect ratio, against transformers 4.57.5, image_processing_siglip2.py.</summary>
public sealed class NaFlexTests
{
    private static readonly TensorFile Tensors = new(PathOf("naflex.safetensors"));

    public static TheoryData<int> Images => [.. Recorded().Select(image => image.GetProperty("index").GetInt32())];

    [Fact]
    public void Fit_RecordedSizes_AreTheOriginals()
    {
        var sizes = File.ReadLines(PathOf("naflex_geometry.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.All(sizes, size => Assert.Equal(
            new Resolution(Of(size, "target_height"), Of(size, "target_width")),
            new PatchBudget(Of(size, "patch"), Of(size, "max_patches")).Fit(Of(size, "width"), Of(size, "height"))));
        Assert.True(sizes.Length >= 250);
    }

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

    // The processor rescales in float64 before it rounds.
    [Theory]
    [MemberData(nameof(Images))]
    public void Preprocess_RecordedImage_HasTheOriginalsPatches(int index)
    {
        var recorded = Recorded().Single(image => Of(image, "index") == index);
        var (patch, most) = (Of(recorded, "patch"), Of(recorded, "max_patches"));
        var (sourceHeight, sourceWidth) = (Tensors.Shape($"{index}.image")[0], Tensors.Shape($"{index}.image")[1]);
        var expected = MemoryMarshal.Cast<byte, float>(Tensors[$"{index}.pixel_values"]);
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.NaFlex(patch, most));
        var pixels = new float[preprocessor.Length];
        Array.Fill(pixels, float.NaN);

        preprocessor.Preprocess(new PixelView(Tensors[$"{index}.image"], sourceWidth, sourceHeight, 3 * sourceWidth, PixelFormat.Rgb24), pixels);

        var (height, width) = preprocessor.Transform.FindResolution(sourceWidth, sourceHeight);
        Assert.Equal(recorded.GetProperty("spatial_shape").EnumerateArray().Select(side => side.GetInt32()), [height / patch, width / patch]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                // Patches row by row; in each rows, columns and channels.
                var place = ((y / patch * (width / patch)) + (x / patch)) * patch * patch + (y % patch * patch) + (x % patch);
                for (var channel = 0; channel < 3; channel++)
                    Assert.Equal(expected[(3 * place) + channel], pixels[(((channel * height) + y) * width) + x], 1e-6f);
            }
        }
        Assert.All(pixels[(3 * height * width)..], value => Assert.True(float.IsNaN(value)));
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

    private static string PathOf(string name) => Fixtures.Find("preprocess", "naflex", name);

    private static IEnumerable<JsonElement> Recorded() => JsonDocument.Parse(File.ReadAllBytes(PathOf("naflex.json"))).RootElement.EnumerateArray();

    private static int Of(JsonElement values, string name) => values.GetProperty(name).GetInt32();
}
