using Clip.Checkpoints;

namespace Clip.Models.Tests.Towers.Timm;

/// <summary>Compares a network, loaded from recorded weights, with the recorded embeddings of its images.</summary>
internal static class RecordedTower
{
    /// <summary>In float32, plain and packed, and in float64.</summary>
    public static void RequireParity(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var folder = Fixtures.Find("towers", name);
        using var recorded = Checkpoint.Open(Path.Combine(folder, "io.safetensors"));
        var (image, expected, precise) = (recorded.ReadTensor("image"), recorded.ReadTensor("encode_image.f32"), recorded.ReadTensor("encode_image.f64"));
        var largest = expected.abs().max().item<float>();

        var weights = Path.Combine(folder, "model.safetensors");
        var options = new LoadOptions { Config = DualEncoderConfig.Read(Path.Combine(folder, "open_clip_config.json")) };
        using var single = DualEncoder.Load(weights, options);
        TensorAssert.Close(expected, single.EncodeImages(image), 2e-5 * Math.Max(1, largest));
        using var packed = single.PackForInference();
        TensorAssert.Close(expected, packed.EncodeImages(image), 2e-5 * Math.Max(1, largest));
        using var twice = DualEncoder.Load(weights, options);
        twice.to(ScalarType.Float64);
        TensorAssert.Close(precise, twice.EncodeImages(image.to(ScalarType.Float64)), 1e-12 * Math.Max(1, largest));
    }
}
