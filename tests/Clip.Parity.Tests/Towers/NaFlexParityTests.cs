using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>NaFlex against transformers and timm, which take patches with their grids, padded to one length.</summary>
/// <remarks>The padding of a recorded image is noise. Here each image is its own patches alone, put together to pixels.</remarks>
public sealed class NaFlexParityTests
{
    public static TheoryData<string> Cases => new(ReferenceData.OrNone(TowerCase.Names.Where(IsNaFlex)));

    public static TheoryData<string, bool> CasesPlainAndPacked => [.. ReferenceData.OrNone(TowerCase.Names.Where(IsNaFlex)).SelectMany(name => new[] { (name, false), (name, true) })];

    [Theory]
    [MemberData(nameof(CasesPlainAndPacked))]
    public void Encode_Float32_EqualsTheOriginal(string name, bool packed)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = reference.Load();
        using var kernels = packed ? plain.PackForInference() : null;

        Compare(reference, kernels is null ? plain : kernels, ".f32", 2e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Float64_EqualsTheOriginalAlmostToTheLastBit(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = reference.Load();
        network.to(ScalarType.Float64);

        Compare(reference, network, ".f64", 1e-12);
    }

    private static bool IsNaFlex(string name)
    {
        using var reference = new TowerCase(name);
        return reference.Grids is not null;
    }

    private static void Compare(TowerCase reference, IDualEncoder network, string precision, double tolerance)
    {
        var dtype = precision == ".f64" ? ScalarType.Float64 : ScalarType.Float32;
        var images = cat([.. Pixels(reference, dtype).Select(pixels => network.EncodeImages(pixels))]);
        var texts = network.EncodeTexts(reference.Text);
        RequireClose(reference.Outputs.Find("image_features" + precision, "encode_image" + precision)!, images);
        RequireClose("logits_per_image" + precision, network.GetLogits(images, texts));
        if (reference.Outputs.Find("encode_text" + precision) is { } text)
            RequireClose(text, texts);
        if (reference.Outputs.Find("image_embeds" + precision) is { } unit)
            RequireClose(unit, nn.functional.normalize(images));
        if (reference.Outputs.Find("text_embeds" + precision) is { } unitText)
            RequireClose(unitText, nn.functional.normalize(texts));
        if (reference.Outputs.Find("square_picture") is { } square)
            RequireClose("encode_image_of_square_picture" + precision, network.EncodeImages(reference.Outputs[square].to(dtype)));

        void RequireClose(string name, Tensor actual)
        {
            var expected = reference.Outputs[name];
            TensorAssert.Close(expected, actual, tolerance * Math.Max(1, expected.abs().max().to(ScalarType.Float64).item<double>()));
        }
    }

    // Rows, columns and channels of each patch to [1, 3, H, W].
    private static IEnumerable<Tensor> Pixels(TowerCase reference, ScalarType dtype)
    {
        var patches = reference.Outputs[reference.Outputs.Find("patches", "pixel_values")!].to(dtype);
        for (var i = 0; i < patches.shape[0]; i++)
        {
            var (rows, columns) = (reference.Grids![i, 0].item<long>(), reference.Grids[i, 1].item<long>());
            var side = (long)Math.Sqrt(patches.shape[2] / 3.0);
            yield return patches[i].narrow(0, 0, rows * columns).view(rows, columns, side, side, 3)
                .permute(4, 0, 2, 1, 3).reshape(1, 3, rows * side, columns * side);
        }
    }
}
