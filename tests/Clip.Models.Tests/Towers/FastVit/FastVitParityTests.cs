using Clip.Checkpoints;

namespace Clip.Models.Tests.Towers.FastVit;

/// <summary>MobileCLIP-S0 against Apple's code.</summary>
public sealed class FastVitParityTests
{
    private static readonly string s_folder = Fixtures.Find("towers", "apple_mobileclip_mct");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_Float32_EqualsTheOriginal(bool packed)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var recorded = Checkpoint.Open(Path.Combine(s_folder, "io.safetensors"));
        using var plain = DualEncoder.Load(s_folder);
        using var kernels = packed ? plain.PackForInference() : null;
        IDualEncoder network = kernels is null ? plain : kernels;

        foreach (var (name, actual) in Compute(network, recorded, ScalarType.Float32))
        {
            var expected = recorded.ReadTensor($"{name}.f32");
            TensorAssert.Close(expected, actual, 2e-5 * Math.Max(1, expected.abs().max().item<float>()));
        }
    }

    [Fact]
    public void Encode_Float64_EqualsTheOriginalAlmostToTheLastBit()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var recorded = Checkpoint.Open(Path.Combine(s_folder, "io.safetensors"));
        using var network = DualEncoder.Load(s_folder);
        network.to(ScalarType.Float64);

        foreach (var (name, actual) in Compute(network, recorded, ScalarType.Float64))
        {
            var expected = recorded.ReadTensor($"{name}.f64");
            TensorAssert.Close(expected, actual, 1e-12 * Math.Max(1, expected.abs().max().item<double>()));
        }
    }

    private static (string Name, Tensor Actual)[] Compute(IDualEncoder network, Checkpoint recorded, ScalarType dtype) =>
    [
        ("encode_image", network.EncodeImages(recorded.ReadTensor("image").to(dtype))),
        ("encode_text", network.EncodeTexts(recorded.ReadTensor("text"))),
    ];
}
