using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>Every recorded network of two towers against its original: openai/CLIP, open_clip, timm, transformers and others.</summary>
/// <remarks>
/// The expected values were computed by the original code in float32 and again in float64, from the same weights and
/// inputs. The float32 tolerances are some twenty times the originals' own float32 error; in float64 only the order of
/// summation differs.
/// </remarks>
public sealed class TowerParityTests
{
    private const double Int8Tolerance = 0.1, Float16Tolerance = 0.0045, BFloat16Tolerance = 0.036;

    public static TheoryData<string> Cases => new(TowerCase.DualEncoders);

    public static TheoryData<string, bool> CasesPlainAndPacked => [.. TowerCase.DualEncoders.SelectMany(name => new[] { (name, false), (name, true) })];

    public static TheoryData<string> CasesWithLayers => new(TowerCase.DualEncoders.Where(name => File.Exists(ReferenceData.PathOf(name, TowerCase.LayersFile))));

    [Theory]
    [MemberData(nameof(CasesPlainAndPacked))]
    public void Encode_Float32_EqualsTheOriginal(string name, bool packed)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = reference.Load();
        using var kernels = packed ? plain.PackForInference() : null;
        Assert.SkipUnless(kernels is null or { UsesKernels: true }, "There are no kernels for this CPU.");
        IDualEncoder network = kernels is null ? plain : kernels;

        Compare(reference, network, ".f32", (output, largest, scale) => output.Tolerance(largest, scale));
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

        Compare(reference, network, ".f64", (_, largest, _) => 1e-12 * Math.Max(1, largest));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Call_ImagesAndTexts_EqualsTheLogitsOfTheEmbeddings(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = reference.Load();

        var logits = network.GetLogits(network.EncodeImages(reference.Image), network.EncodeTexts(reference.Text));

        TensorAssert.BitEqual(logits, network.call(reference.Image, reference.Text));
    }

    // Blocks that share memory must not see each other's weights.
    [Theory]
    [MemberData(nameof(Cases))]
    public void LoadForInference_EqualsLoadingAndThenPacking(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = reference.Load();
        using var expected = plain.PackForInference();

        using var actual = reference.LoadForInference();

        Assert.Equal(expected.UsesKernels, actual.UsesKernels);
        TensorAssert.BitEqual(expected.EncodeImages(reference.Image), actual.EncodeImages(reference.Image));
        TensorAssert.BitEqual(expected.EncodeTexts(reference.Text), actual.EncodeTexts(reference.Text));
        TensorAssert.BitEqual(expected.GetLogitScale(), actual.GetLogitScale());
    }

    // Weights are rounded to 11 bits, by 1 part in 4,096 at most; everything else is float32. The length of the difference of rows of unit
    // length is 0.0045 at a cosine of 0.99999.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Float16Weights_HasACosineOfAlmostOneToFloat32(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = reference.Load();
        var (images, texts) = (plain.EncodeImages(reference.Image, normalize: true), plain.EncodeTexts(reference.Text, normalize: true));
        if (TryPack(plain, WeightQuantization.Float16) is not { } network)
            return;
        using var packed = network;

        RequireDistance(images, packed.EncodeImages(reference.Image, normalize: true), Float16Tolerance);
        RequireDistance(texts, packed.EncodeTexts(reference.Text, normalize: true), Float16Tolerance);
    }

    // Weights are rounded to 8 bits, by 1 part in 512 at most.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_BFloat16Weights_IsCloseToFloat32(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = reference.Load();
        var (images, texts) = (plain.EncodeImages(reference.Image, normalize: true), plain.EncodeTexts(reference.Text, normalize: true));
        if (TryPack(plain, WeightQuantization.BFloat16) is not { } network)
            return;
        using var packed = network;

        RequireDistance(images, packed.EncodeImages(reference.Image, normalize: true), BFloat16Tolerance);
        RequireDistance(texts, packed.EncodeTexts(reference.Text, normalize: true), BFloat16Tolerance);
    }

    // Linear layers alone have kernels for 8 bits; their weights err by 1 part in 128 at most, their inputs by 1 in 254.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Int8_IsCloseToTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = reference.Load();
        var (images, texts) = (plain.EncodeImages(reference.Image, normalize: true), plain.EncodeTexts(reference.Text, normalize: true));
        if (TryPack(plain, WeightQuantization.Int8) is not { } network)
            return;
        using var packed = network;

        RequireDistance(images, packed.EncodeImages(reference.Image, normalize: true), Int8Tolerance);
        RequireDistance(texts, packed.EncodeTexts(reference.Text, normalize: true), Int8Tolerance);
    }

    [Theory]
    [MemberData(nameof(CasesWithLayers))]
    public void Layers_Float32_EqualTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var intermediates = reference.Intermediates();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = reference.Load();

        var outputs = LayerOutputs.Record(network, intermediates.Names, () =>
        {
            if (network.Config.CaptionDecoder is not null)
            {
                network.EncodeWithCaptions(reference.Image, reference.Text);
                return;
            }
            network.EncodeImages(reference.Image);
            // The original normalizes every token, also those it does not pool.
            network.Text.GetTokens(reference.Text);
        });

        foreach (var (layer, output) in outputs)
        {
            var expected = intermediates[layer];
            var actual = output.narrow(0, 0, expected.shape[0]);
            // Of a text with a class token, which is the last, the original norms that alone.
            if (expected.dim() == actual.dim() - 1)
                actual = actual.select(1, -1);
            TensorAssert.Close(expected, actual, 2e-5 * Math.Max(1, expected.abs().max().item<float>()));
        }
    }

    // Rows of unit length: the length of the difference is an angle.
    private static void RequireDistance(Tensor expected, Tensor actual, double tolerance)
    {
        var distance = (expected - actual).norm(1).max().item<float>();
        Assert.True(distance < tolerance, $"Embeddings are {distance:G3} away.");
    }

    // Towers of other layers than the usual transformer blocks have no quantized form, and say so.
    private static PackedDualEncoder? TryPack(DualEncoder network, WeightQuantization quantization)
    {
        try
        {
            return network.PackForInference(quantization);
        }
        catch (NotSupportedException e)
        {
            Assert.Contains("kernels for quantized weights", e.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static void Compare(TowerCase reference, IDualEncoder network, string precision, Func<RecordedOutput, double, double, double> tolerance)
    {
        var scale = network.GetLogitScale().to(ScalarType.Float64).item<double>();
        var images = precision == ".f64" ? reference.Image.to(ScalarType.Float64) : reference.Image;
        var compared = 0;
        foreach (var name in reference.Computed)
        {
            if (RecordedOutput.Find(reference, name) is not { } output)
                continue;
            var expected = reference.Outputs[name + precision];
            var largest = expected.abs().max().to(ScalarType.Float64).item<double>();
            TensorAssert.Close(expected, output.Compute(network, images, reference.Text), tolerance(output, largest, scale));
            compared++;
        }
        Assert.True(compared >= 3, $"Only {compared} outputs were compared.");
    }
}
