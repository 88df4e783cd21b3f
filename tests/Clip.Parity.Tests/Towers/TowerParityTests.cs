using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>Every recorded network against openai/CLIP, open_clip or transformers.</summary>
/// <remarks>
/// The expected values were computed by the original code in float32 and again in float64, from the same weights and
/// inputs. The float32 tolerances are some twenty times the originals' own float32 error; in float64 only the order of
/// summation differs.
/// </remarks>
public sealed class TowerParityTests
{
    public static TheoryData<string> Cases => new(ReferenceData.Cases("towers"));

    public static TheoryData<string, bool> CasesPlainAndPacked => [.. ReferenceData.Cases("towers").SelectMany(name => new[] { (name, false), (name, true) })];

    public static TheoryData<string> CasesWithLayers =>
        new(ReferenceData.Cases("towers").Where(name => ReferenceData.Find("towers", name, TowerCase.LayersFile) is not null));

    [Theory]
    [MemberData(nameof(CasesPlainAndPacked))]
    public void Encode_Float32_EqualsTheOriginal(string name, bool packed)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var kernels = packed ? reference.Network.PackForInference() : null;
        Assert.SkipUnless(kernels is null or { UsesKernels: true }, "There are no kernels for this CPU.");
        IDualEncoder network = kernels is null ? reference.Network : kernels;

        var images = network.EncodeImages(reference.Image);
        var texts = network.EncodeTexts(reference.Text);
        Compare($"{reference.ImageEmbeddings}.f32", images, largest => 2e-5 * Math.Max(1, largest));
        Compare($"{reference.TextEmbeddings}.f32", texts, largest => 2e-5 * Math.Max(1, largest));
        Compare($"{reference.NormalizedImages}.f32", network.EncodeImages(reference.Image, normalize: true), _ => 2e-6);
        Compare($"{reference.NormalizedTexts}.f32", network.EncodeTexts(reference.Text, normalize: true), _ => 2e-6);

        var logits = network.GetLogits(images, texts);
        var scale = network.GetLogitScale().item<float>();
        Compare("logits_per_image.f32", logits, _ => (1e-6 * scale) + 1e-5);
        Compare("logits_per_text.f32", logits.t(), _ => (1e-6 * scale) + 1e-5);
        if (network is DualEncoder plain)
            TensorAssert.BitEqual(logits, plain.call(reference.Image, reference.Text));

        void Compare(string output, Tensor actual, Func<double, double> tolerance)
        {
            var expected = reference.Outputs[output];
            TensorAssert.Close(expected, actual, tolerance(expected.abs().max().item<float>()));
        }
    }

    // Linear layers alone have kernels for 8 bits, so that ResNets are left out; their weights err by 1 part in 128 at most, their inputs by 1 in 254.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Int8_IsCloseToTheOriginal(string name)
    {
        const double Int8Tolerance = 0.1;

        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Assert.SkipWhen(reference.Network.Config.Image is ModifiedResNetConfig, "The image tower is a ResNet.");
        using var network = reference.Network.PackForInference(WeightQuantization.Int8);

        Compare(reference.NormalizedImages, network.EncodeImages(reference.Image, normalize: true));
        Compare(reference.NormalizedTexts, network.EncodeTexts(reference.Text, normalize: true));

        // Rows of unit length: the length of the difference is an angle.
        void Compare(string output, Tensor actual)
        {
            var distance = (reference.Outputs[$"{output}.f32"] - actual).norm(1).max().item<float>();
            Assert.True(distance < Int8Tolerance, $"{output} is {distance:G3} away.");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Float64_EqualsTheOriginalAlmostToTheLastBit(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var network = reference.Network;
        network.to(ScalarType.Float64);

        var images = network.EncodeImages(reference.Image.to(ScalarType.Float64));
        var texts = network.EncodeTexts(reference.Text);
        Compare($"{reference.ImageEmbeddings}.f64", images);
        Compare($"{reference.TextEmbeddings}.f64", texts);
        Compare("logits_per_image.f64", network.GetLogits(images, texts));

        void Compare(string output, Tensor actual)
        {
            var expected = reference.Outputs[output];
            TensorAssert.Close(expected, actual, 1e-12 * Math.Max(1, expected.abs().max().item<double>()));
        }
    }

    [Theory]
    [MemberData(nameof(CasesWithLayers))]
    public void Layers_Float32_EqualTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var intermediates = reference.Intermediates();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();

        var outputs = LayerOutputs.Record(reference.Network, intermediates.Names, () =>
        {
            reference.Network.EncodeImages(reference.Image);
            // The original normalizes every token, also those it does not pool.
            reference.Network.Text.GetTokens(reference.Text);
        });

        foreach (var (layer, output) in outputs)
        {
            var expected = intermediates[layer];
            var actual = output.narrow(0, 0, expected.shape[0]);
            TensorAssert.Close(expected, actual, 2e-5 * Math.Max(1, expected.abs().max().item<float>()));
        }
    }

    [Fact]
    public void Cases_CompleteSet_IsThere()
    {
        Assert.SkipWhen(ReferenceData.CompleteSet is null, $"Only the networks in tests/Fixtures ran; set {ReferenceData.Variable} to run all.");
        Assert.True(ReferenceData.Cases("towers").Count() >= 16);
    }
}
