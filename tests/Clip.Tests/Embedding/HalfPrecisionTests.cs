using Clip.Models;
using Clip.Runtime;

namespace Clip.Tests;

/// <summary>What bfloat16 and int8 cost in accuracy, on the trained model that ships with the repository; packed kernels compute where the CPU has them.</summary>
public sealed class HalfPrecisionTests
{
    // What docs/embedding.md says of bfloat16; rounding to 8 bits per layer leaves a few units of 1e-5.
    private const float Floor = 0.9999f;

    // What 8 bits have to keep; they leave 0.9998.
    private const float Int8Floor = 0.999f;

    private static readonly string s_folder = Path.Combine(Fixtures.Repository, "models", "shapes");

    [Fact]
    public void EmbedImages_BFloat16_StaysCloseToFloat32()
    {
        var paths = Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "samples", "QuickStart", "pictures"), "*.png").Order(StringComparer.Ordinal).ToArray();

        Compare(clip => clip.EmbedImages(paths));
    }

    [Fact]
    public void EmbedTexts_BFloat16_StaysCloseToFloat32() => Compare(clip => clip.EmbedTexts(
        ["a photo of a red circle.", "a small blue star on a striped background", "purple hourglass", "a big yellow heart near the left edge, out of focus"]));

    [Fact]
    public void EmbedImages_Int8_ComputesInFloat32AndStaysClose()
    {
        using var quantized = Load(new ClipModelOptions { Quantization = WeightQuantization.Int8 });
        using var precise = Load(new ClipModelOptions { Precision = Precision.Float32 });
        var paths = Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "samples", "QuickStart", "pictures"), "*.png").Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(Precision.Float32, quantized.Target.Precision);
        Assert.Equal(WeightQuantization.Int8, Assert.IsType<PackedDualEncoder>(quantized.Network).Quantization);
        Assert.All(precise.EmbedImages(paths).Zip(quantized.EmbedImages(paths)), rows =>
            Assert.InRange(EmbeddingMath.CosineSimilarity(rows.First, rows.Second), Int8Floor, 1.0001f));
    }

    [Fact]
    public void Load_Int8AndPlainWeights_ThrowsArgumentException() => Assert.Throws<ArgumentException>(
        () => Load(new ClipModelOptions { Quantization = WeightQuantization.Int8, KeepPlainWeights = true }));

    private static void Compare(Func<ClipModel, float[][]> embed)
    {
        ServedPrecision.RequireBFloat16();
        using var precise = Load(new ClipModelOptions { Precision = Precision.Float32 });
        using var half = Load(new ClipModelOptions { Precision = Precision.BFloat16 });

        Assert.All(embed(precise).Zip(embed(half)), rows => Assert.InRange(EmbeddingMath.CosineSimilarity(rows.First, rows.Second), Floor, 1.0001f));
    }

    private static ClipModel Load(ClipModelOptions options) => ClipModel.Load(s_folder, options with { Device = "cpu" });
}
