namespace Clip.Models.Tests.Inference;

public sealed class Int8Tests : IDisposable
{
    // Activations rounded to 8 bits, a handful of times one after another.
    private const double Tolerance = 0.03;

    private const int WeightLimit = 64;

    private static readonly Dictionary<string, DualEncoderConfig> s_configs = TinyConfig.All.Where(pair => HasInt8Form(pair.Value)).ToDictionary();

    private readonly DualEncoder _model = TinyConfig.Create(TinyConfig.VisionTransformer);

    public void Dispose() => _model.Dispose();

    public static TheoryData<string> Configs { get; } = new(s_configs.Keys);

    [Theory, MemberData(nameof(Configs))]
    public void Encode_Int8_EqualsPlainModulesWithRoundedWeights(string name)
    {
        var config = s_configs[name];
        using var rounded = TinyConfig.Create(config);
        using var packed = TinyConfig.CreatePacked(config, WeightQuantization.Int8);
        RoundLinearWeights(rounded);

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Assert.Equal((true, WeightQuantization.Int8), (packed.UsesKernels, packed.Quantization));
        foreach (var count in (int[])[1, 3, 100])
        {
            var (pixels, tokens) = (TinyConfig.Pixels(config, count), TinyConfig.Tokens(config, count));
            Close(rounded.EncodeImages(pixels), packed.EncodeImages(pixels));
            Close(rounded.Image.GetTokens(pixels), packed.Image.GetTokens(pixels));
            Close(rounded.EncodeTexts(tokens), packed.EncodeTexts(tokens));
            Close(rounded.Text.GetTokens(tokens), packed.Text.GetTokens(tokens));
        }
    }

    [Theory, MemberData(nameof(Configs))]
    public void Encode_Int8_DoesNotDependOnTheBatch(string name)
    {
        var config = s_configs[name];
        using var packed = TinyConfig.CreatePacked(config, WeightQuantization.Int8);

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (pixels, tokens) = (TinyConfig.Pixels(config, 40), TinyConfig.Tokens(config, 40));
        var (images, texts) = (packed.EncodeImages(pixels), packed.EncodeTexts(tokens));
        foreach (var (first, count) in ((long, long)[])[(0, 1), (7, 3), (20, 20)])
        {
            Close(images.narrow(0, first, count), packed.EncodeImages(pixels.narrow(0, first, count)));
            Close(texts.narrow(0, first, count), packed.EncodeTexts(tokens.narrow(0, first, count)));
        }
    }

    [Theory, MemberData(nameof(Configs))]
    public void Encode_Int8OfAnEmptyBatch_HasNoRows(string name)
    {
        var config = s_configs[name];
        using var packed = TinyConfig.CreatePacked(config, WeightQuantization.Int8);

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Assert.Equal([0, config.EmbeddingSize], packed.EncodeImages(TinyConfig.Pixels(config, 1).narrow(0, 0, 0)).shape);
        Assert.Equal([0, config.EmbeddingSize], packed.EncodeTexts(TinyConfig.Tokens(config, 1).narrow(0, 0, 0)).shape);
    }

    [Fact]
    public void PackForInference_Int8OfAResNet_IsRefusedWithTheRemedy()
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);

        var error = Assert.Throws<NotSupportedException>(() => model.PackForInference(WeightQuantization.Int8));

        Assert.Contains("ResNet", error.Message);
        model.PackForInference().Dispose();
    }

    [Fact]
    public void PackForInference_Int8OfHalfPrecision_IsRefusedWithTheRemedy()
    {
        using var half = _model.Copy(ScalarType.BFloat16);

        var error = Assert.Throws<NotSupportedException>(() => half.PackForInference(WeightQuantization.Int8));

        Assert.Contains("float32", error.Message);
        half.PackForInference().Dispose();
    }

    [Fact]
    public void PackForInference_UndefinedQuantization_ThrowsArgumentOutOfRangeException() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.PackForInference((WeightQuantization)9));

    [Fact, NoTensorLeaks]
    public void Encode_Int8_LeavesNoTensors()
    {
        using var packed = _model.PackForInference(WeightQuantization.Int8);
        using (NewDisposeScope())
        {
            packed.EncodeImages(TinyConfig.Pixels(_model.Config, 2));
            packed.EncodeTexts(TinyConfig.Tokens(_model.Config, 2));
        }
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = ((expected - actual).norm() / expected.norm()).item<float>();
        Assert.True(difference < Tolerance, $"The outputs differ by {difference:P2}.");
    }

    private static void RoundLinearWeights(DualEncoder model)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in model.named_parameters())
        {
            if (!name.Contains("blocks.", StringComparison.Ordinal) || weight.dim() != 2)
                continue;
            var scale = weight.abs().amax([1], keepdim: true) / WeightLimit;
            weight.copy_((weight / scale).round() * scale);
        }
    }

    private static bool HasInt8Form(DualEncoderConfig config)
    {
        using var model = TinyConfig.Create(config);
        return model.Image.WhyNotQuantizable is null;
    }
}
