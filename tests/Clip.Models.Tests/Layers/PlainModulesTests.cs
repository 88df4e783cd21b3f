namespace Clip.Models.Tests.Layers;

/// <summary>Modules that are not packed, at the sizes where libtorch's libraries have computed wrongly on some processors.</summary>
public sealed class PlainModulesTests
{
    // Rounding of float32; a product that a kernel leaves unfinished is off by a tenth and more.
    private const double Tolerance = 1e-5;

    public static TheoryData<int, int, int> LinearSizes { get; } = new()
    {
        { 1000, 24, 72 }, { 1000, 40, 40 }, { 272, 80, 80 }, { 600, 48, 80 }, { 3000, 80, 320 }, { 1000, 104, 104 },
        { 600, 128, 512 }, { 1000, 152, 456 }, { 1000, 176, 704 }, { 616, 512, 2048 }, { 100, 128, 512 },
    };

    [Theory, MemberData(nameof(LinearSizes))]
    public void LinearLayer_ManySizes_EqualsFloat64WithGradients(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var layer = new LinearLayer(new WeightFactory(ScalarType.Float32, CPU), inputs, outputs);
        using (no_grad())
        {
            nn.init.normal_(layer.Weight);
            nn.init.normal_(layer.Bias);
        }
        var (x, direction) = (randn(rows, inputs), randn(rows, outputs));

        var actual = Run(layer.call, x, layer.Weight, layer.Bias);
        var (weight, bias) = (layer.Weight.to(ScalarType.Float64).detach(), layer.Bias.to(ScalarType.Float64).detach());
        var expected = Run(input => nn.functional.linear(input, weight, bias), x.to(ScalarType.Float64).detach(), weight, bias);

        Assert.All(expected.Zip(actual), pair => Close(pair.First, pair.Second));

        List<Tensor> Run(Func<Tensor, Tensor> forward, Tensor input, params Tensor[] parameters)
        {
            var leaves = new[] { input }.Concat(parameters).Select(leaf => leaf.requires_grad_(true)).ToList();
            var y = forward(input);
            y.backward([direction.to(y.dtype)]);
            return [y.detach(), .. leaves.Select(leaf => leaf.grad!)];
        }
    }

    // Sizes of the small model that comes with the repository.
    [Fact]
    public void EncodeImages_NarrowTransformer_EqualsFloat64()
    {
        var config = TinyConfig.VisionTransformer with
        {
            Image = new VisionTransformerConfig
            {
                Resolution = 48,
                PatchSize = 6,
                Pooling = ImagePooling.Average,
                Transformer = new TransformerConfig { Width = 128, Layers = 4, Heads = 4, Activation = Activation.Gelu },
            },
        };
        Compare(config, images: 24);
    }

    [Fact]
    public void EncodeImages_ResNet_EqualsFloat64() => Compare(
        TinyConfig.ResNet with { Image = new ModifiedResNetConfig { Resolution = 64, Blocks = [1, 1, 1, 1], Width = 24, Heads = 4 } }, images: 8);

    private static void Compare(DualEncoderConfig config, int images)
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(config);
        using var precise = model.Copy(ScalarType.Float64);
        var pixels = TinyConfig.Pixels(config, images);
        var expected = Embed(precise, pixels.to(ScalarType.Float64));
        Close(expected.Output, Embed(model, pixels).Output);
        Assert.All(expected.Gradients.Zip(Embed(model, pixels).Gradients), pair => Close(pair.First, pair.Second));

        using var copy = model.Copy();
        using var packed = copy.PackForInference();
        using var inference = inference_mode();
        Close(expected.Output, packed.EncodeImages(pixels));
    }

    private static (Tensor Output, List<Tensor> Gradients) Embed(DualEncoder model, Tensor pixels)
    {
        model.zero_grad();
        var output = model.EncodeImages(pixels);
        output.pow(2).sum().backward();
        return (output.detach(), [.. model.Image.parameters().Where(parameter => parameter.grad is not null).Select(parameter => parameter.grad!.clone())]);
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        using var inner = NewDisposeScope();
        var largest = expected.abs().max().item<double>();
        TensorAssert.Close(expected.to(ScalarType.Float64), actual.to(ScalarType.Float64), Tolerance * Math.Max(largest, 1e-3));
    }
}
