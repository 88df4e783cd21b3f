using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>Networks whose branches and norms were folded into single convolutions by the original code.</summary>
public sealed class FoldedParityTests
{
    public static TheoryData<string> Cases =>
        new(ReferenceData.OrNone(TowerCase.Names.Where(name => File.Exists(ReferenceData.PathOf(name, TowerCase.FoldedFile)))));

    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeImages_FoldedFile_EqualsTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = reference.LoadFolded();

        // Where the folded network was not recorded, it computes what the one that was trained does.
        Close(reference.Outputs.Find("reparameterized.encode_image.f32", "encode_image.f32")!, network.EncodeImages(reference.Image), 2e-5);
        if (reference.Outputs.Find("reparameterized.encode_image_of_f32_folded_weights.f64") is { } exact)
        {
            network.to(ScalarType.Float64);
            Close(exact, network.EncodeImages(reference.Image.to(ScalarType.Float64)), 1e-12);
        }

        void Close(string output, Tensor actual, double tolerance)
        {
            var expected = reference.Outputs[output];
            TensorAssert.Close(expected, actual, tolerance * Math.Max(1, expected.abs().max().to(ScalarType.Float64).item<double>()));
        }
    }
}
