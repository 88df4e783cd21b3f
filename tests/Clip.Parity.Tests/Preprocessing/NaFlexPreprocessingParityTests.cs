using System.Runtime.InteropServices;
using System.Text.Json;
using Clip.Preprocessing;

namespace Clip.Parity.Tests.Preprocessing;

/// <summary>Images that keep their aspect ratio, against transformers 4.57.5, image_processing_siglip2.py.</summary>
public sealed class NaFlexPreprocessingParityTests
{
    private const string Folder = "preprocess2";

    private const int None = -1;

    public static TheoryData<int> Images => File.Exists(PathOf("naflex.json")) ? [.. Recorded().Select(image => Of(image, "index"))] : [None];

    [Fact]
    public void Fit_RecordedSizes_AreTheOriginals()
    {
        Assert.SkipUnless(File.Exists(PathOf("naflex_geometry.jsonl")), "The reference data has no sizes.");
        var sizes = File.ReadLines(PathOf("naflex_geometry.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.NotEmpty(sizes);
        Assert.All(sizes, size => Assert.Equal(
            new Resolution(Of(size, "target_height"), Of(size, "target_width")),
            new PatchBudget(Of(size, "patch"), Of(size, "max_patches")).Fit(Of(size, "width"), Of(size, "height"))));
    }

    // The processor rescales in float64 before it rounds.
    [Theory]
    [MemberData(nameof(Images))]
    public void Preprocess_RecordedImage_HasTheOriginalsPatches(int index)
    {
        Assert.SkipWhen(index == None, "The reference data has no images.");
        using var tensors = new ReferenceTensors(PathOf("naflex.safetensors"));
        var recorded = Recorded().Single(image => Of(image, "index") == index);
        var (patch, most) = (Of(recorded, "patch"), Of(recorded, "max_patches"));
        var source = tensors[$"{index}.image"];
        var (sourceHeight, sourceWidth) = ((int)source.shape[0], (int)source.shape[1]);
        var expected = MemoryMarshal.Cast<byte, float>(tensors[$"{index}.pixel_values"].bytes);
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.NaFlex(patch, most));
        var pixels = new float[preprocessor.Length];
        Array.Fill(pixels, float.NaN);

        preprocessor.Preprocess(new PixelView(source.bytes, sourceWidth, sourceHeight, 3 * sourceWidth, PixelFormat.Rgb24), pixels);

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

    private static string PathOf(string name) => ReferenceData.PathOf(Folder, name);

    private static IEnumerable<JsonElement> Recorded() => JsonDocument.Parse(File.ReadAllBytes(PathOf("naflex.json"))).RootElement.EnumerateArray();

    private static int Of(JsonElement values, string name) => values.GetProperty(name).GetInt32();
}
