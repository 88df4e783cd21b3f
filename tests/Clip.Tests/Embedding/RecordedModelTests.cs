using System.Numerics.Tensors;
using Clip.Checkpoints;
using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.Tests;

/// <summary>A whole Hugging Face folder with the published vocabulary, beside what the original implementation made of it.</summary>
public sealed class RecordedModelTests
{
    // golden set: five classes with seven templates each, embedded one prompt after another.
    private static readonly string[] Classes = ["tench", "golden retriever", "airplane", "jack-o'-lantern", "CD player"];

    private static readonly string[] Templates =
    [
        "itap of a {}.", "a bad photo of the {}.", "a origami {}.", "a photo of the large {}.", "a {} in a video game.", "art of the {}.",
        "a photo of the small {}.",
    ];

    private static readonly string[] Images =
    [
        "bmp_rgb_120x90.bmp", "png_L_257x389.png", "png_rgb_exact224_224x224.png", "png_rgb_near336_336x335.png", "png_rgb_small_96x64.png",
        "png_rgba_300x200.png",
    ];

    [Fact]
    public void EmbedTexts_RecordedPrompts_EqualTheOriginals()
    {
        using var clip = ClipModel.Load(External.Require(External.ReferenceData, "zeroshot", "hf_clip_e2e_fp16"), new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });

        var rows = clip.EmbedTexts(Classes.SelectMany(name => Templates.Select(template => template.Replace("{}", name))));

        var expected = Recorded("text_features_unnormalized.f32");
        Assert.Equal(expected.Length, rows.Length);
        for (var i = 0; i < rows.Length; i++)
            Assert.InRange(1 - TensorPrimitives.CosineSimilarity(rows[i], expected[i]), -1e-6, 1e-6);
    }

    [Fact]
    public void EmbedImages_OpaqueImages_EqualTheOriginals() => CompareImages(Images[..^1], preprocessing: null);

    // Recorded with OpenAI's order, resize then convert; the folder's own converts first, which differs for transparent images.
    [Fact]
    public void EmbedImages_OpenAIsPreprocessing_EqualsTheOriginals() => CompareImages(Images, PreprocessingConfig.OpenAI(64));

    private static void CompareImages(string[] images, PreprocessingConfig? preprocessing)
    {
        using var clip = ClipModel.Load(
            External.Require(External.ReferenceData, "zeroshot", "hf_clip_e2e_fp16"), new ClipModelOptions { Device = "cpu", Precision = Precision.Float32, Preprocessing = preprocessing });

        var rows = clip.EmbedImages(images.Select(name => External.Require(External.ReferenceData, "preprocess", "images", name)));

        var expected = Recorded("image_features.f32");
        var differences = rows.Zip(expected, (row, other) => 1 - TensorPrimitives.CosineSimilarity(row, other)).ToArray();
        Assert.True(differences.All(difference => Math.Abs(difference) < 1e-6), string.Join(", ", differences));
    }

    private static float[][] Recorded(string name)
    {
        using var file = Checkpoint.Open(External.Require(External.ReferenceData, "zeroshot", "zeroshot.safetensors"));
        using var rows = file.ReadTensor(name);
        return [.. rows.data<float>().ToArray().Chunk((int)rows.shape[1])];
    }
}
