using Clip.Kernels;

namespace Clip.Models.Tests.Inference;

public sealed class PackForInferenceTests : IDisposable
{
    // The kernels sum in another order; the towers' outputs are of order one.
    private const double Tolerance = 2e-5;

    private static readonly Dictionary<string, DualEncoderConfig> s_configs = new(TinyConfig.All)
    {
        ["GELU"] = WithActivation(Activation.Gelu),
        ["GELU by tanh"] = WithActivation(Activation.GeluTanh),
        ["Average of patches"] = WithImage(image => image with { Pooling = ImagePooling.Average }),
        ["Gains on branches"] = WithImage(image => image with { Transformer = image.Transformer with { LayerScale = 0.3 } }),
        ["One block"] = WithImage(image => image with { Transformer = image.Transformer with { Layers = 1 } }),
        ["Pooled at the first end token"] = WithText(text => text with { Pooling = TextPooling.FirstEndToken, EndTokenId = 7 }),
        ["Pooled at the last token"] = WithText(text => text with { Pooling = TextPooling.Last }),
        ["Class token in full view"] = WithText(text => text with { ClassToken = true, PaddingId = 3, Causal = false }),
    };

    private readonly DualEncoder _model = TinyConfig.Create(TinyConfig.VisionTransformer);

    public void Dispose() => _model.Dispose();

    public static TheoryData<string> Configs { get; } = new(s_configs.Keys);

    [Theory, MemberData(nameof(Configs))]
    public void Encode_Packed_EqualsPlainModules(string name)
    {
        RequireKernels();
        var config = s_configs[name];
        using var plain = TinyConfig.Create(config);
        using var copy = TinyConfig.Create(config);
        FillSmallValues(plain, copy);
        using var packed = copy.PackForInference();

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Assert.True(packed.UsesKernels);
        foreach (var count in (int[])[1, 3, 200])
        {
            var (pixels, tokens) = (TinyConfig.Pixels(config, count), TinyConfig.Tokens(config, count));
            TensorAssert.Close(plain.EncodeImages(pixels), packed.EncodeImages(pixels), Tolerance);
            TensorAssert.Close(plain.Image.GetFeatures(pixels), packed.Image.GetFeatures(pixels), Tolerance);
            TensorAssert.Close(plain.Image.GetTokens(pixels), packed.Image.GetTokens(pixels), Tolerance);
            foreach (var local in (int[])[0, 1, 100])
                TensorAssert.Close(plain.Image.GetDenseEmbeddings(pixels, local), packed.Image.GetDenseEmbeddings(pixels, local), Tolerance);
            TensorAssert.Close(plain.EncodeTexts(tokens), packed.EncodeTexts(tokens), Tolerance);
            TensorAssert.Close(plain.Text.GetFeatures(tokens), packed.Text.GetFeatures(tokens), Tolerance);
            TensorAssert.Close(plain.Text.GetTokens(tokens), packed.Text.GetTokens(tokens), Tolerance);
        }
        var images = randn(3, config.EmbeddingSize);
        TensorAssert.BitEqual(plain.GetLogits(images, images), packed.GetLogits(images, images));
        TensorAssert.BitEqual(plain.GetLogitScale(), packed.GetLogitScale());
        Assert.Equal(plain.GetLogitBias() is null, packed.GetLogitBias() is null);
    }

    [Theory, MemberData(nameof(Configs))]
    public void Encode_PackedInBFloat16_StaysCloseToFloat32(string name)
    {
        Assert.SkipUnless(KernelBackend.Find(ScalarType.BFloat16) is not null, "There are no kernels in bfloat16 for this CPU.");
        var config = s_configs[name];
        using var plain = TinyConfig.Create(config);
        FillSmallValues(plain);
        using var copy = plain.Copy(ScalarType.BFloat16);
        using var packed = copy.PackForInference();

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Assert.True(packed.UsesKernels);
        foreach (var count in (int[])[1, 3, 200])
        {
            var (pixels, tokens) = (TinyConfig.Pixels(config, count), TinyConfig.Tokens(config, count));
            Close(plain.EncodeImages(pixels), packed.EncodeImages(pixels));
            Close(plain.Image.GetFeatures(pixels), packed.Image.GetFeatures(pixels));
            Close(plain.EncodeTexts(tokens), packed.EncodeTexts(tokens));
            Close(plain.Text.GetFeatures(tokens), packed.Text.GetFeatures(tokens));
        }

        // 8 bits of fraction, through a few layers.
        static void Close(Tensor expected, Tensor actual)
        {
            Assert.Equal(ScalarType.BFloat16, actual.dtype);
            var cosines = nn.functional.cosine_similarity(expected, actual.to(ScalarType.Float32), dim: 1);
            Assert.InRange(cosines.min().item<float>(), 0.995f, 1.0001f);
        }
    }

    [Fact]
    public void EncodeTexts_CutAtTheEndToken_EqualsTheFullLength()
    {
        RequireKernels();
        using var packed = TinyConfig.CreatePacked(TinyConfig.VisionTransformer);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var full = tensor(new long[] { 1, 5, 9, 49, 0, 0, 0, 0, 0, 0, 0, 0 }, [1, 12]);

        TensorAssert.Close(packed.EncodeTexts(full), packed.EncodeTexts(full.narrow(1, 0, 4)), Tolerance);
    }

    // Of every kind of tower: the large weights are never there twice.
    [Theory]
    [InlineData(nameof(TinyConfig.VisionTransformer), "transformer.resblocks.0.mlp.c_fc.weight", "visual.conv1.weight")]
    [InlineData(nameof(TinyConfig.ResNet), "visual.layer2.0.conv2.weight", "visual.attnpool.k_proj.weight")]
    [InlineData(nameof(TinyConfig.SigLip), "visual.transformer.resblocks.1.attn.in_proj_weight", "visual.conv1.weight")]
    public void PackForInference_PackedWeights_AreDisposedInTheModel(string name, params string[] ends)
    {
        Assert.SkipUnless(KernelBackend.Find(ScalarType.Float32) is not null and not OneDnnBackend, "The patches have no kernel for this CPU.");
        using var model = TinyConfig.Create(TinyConfig.All[name]);
        var parameters = model.named_parameters().Where(entry => ends.Any(end => entry.name.EndsWith(end, StringComparison.Ordinal))).ToList();

        using var packed = model.PackForInference();

        Assert.NotEmpty(parameters);
        Assert.All(parameters, entry => Assert.True(entry.parameter.IsInvalid, entry.name));
    }

    [Theory]
    [InlineData(ScalarType.Float32), InlineData(ScalarType.Float64)]
    public void PackForInference_TheModelItself_IsSpent(ScalarType dtype)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var source = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var model = source.Copy(dtype);
        var pixels = TinyConfig.Pixels(model.Config, 1);
        using var inference = inference_mode();

        using var packed = model.PackForInference();
        var expected = packed.EncodeImages(pixels);

        RequireRefused(() => model.EncodeImages(pixels));
        RequireRefused(() => model.EncodeTexts(TinyConfig.Tokens(model.Config, 1)));
        RequireRefused(() => model.GetLogitScale());
        RequireRefused(() => model.Copy());
        RequireRefused(() => model.PackForInference());
        RequireRefused(() => model.Export(folder.Path, WeightLayout.Native));
        RequireRefused(() => model.ExportWeights(folder.File("weights.safetensors"), WeightLayout.Native));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        model.Dispose();
        TensorAssert.BitEqual(expected, packed.EncodeImages(pixels));

        static void RequireRefused(Action use) =>
            Assert.Contains("taken the weights over", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PackForInference_InTrainingMode_IsRefused()
    {
        using var model = new DualEncoder(TinyConfig.VisionTransformer);

        Assert.Throws<InvalidOperationException>(() => model.PackForInference());
    }

    [Fact]
    public void PackForInference_Float64_ComputesWithTheModules()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var precise = model.Copy(ScalarType.Float64);
        var pixels = TinyConfig.Pixels(TinyConfig.VisionTransformer, 2);
        using var inference = inference_mode();
        var expected = precise.EncodeImages(pixels);

        using var packed = precise.PackForInference();

        Assert.False(packed.UsesKernels);
        TensorAssert.BitEqual(expected, packed.EncodeImages(pixels));
    }

    [Fact, NoTensorLeaks]
    public void Encode_Packed_LeavesNoTensors()
    {
        RequireKernels();
        using var packed = _model.PackForInference();
        using (NewDisposeScope())
        {
            packed.EncodeImages(TinyConfig.Pixels(_model.Config, 2));
            packed.EncodeTexts(TinyConfig.Tokens(_model.Config, 2));
        }
    }

    [Fact]
    public void EncodeImages_PackedOnManyThreads_GivesTheSameBits()
    {
        RequireKernels();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.CreatePacked(config);
        using var pixels = TinyConfig.Pixels(config, 3);
        using var expected = model.EncodeImages(pixels);

        Parallel.For(0, 64, _ =>
        {
            using var inference = inference_mode();
            using var actual = model.EncodeImages(pixels);
            TensorAssert.BitEqual(expected, actual);
        });
    }

    private static void RequireKernels() => Assert.SkipUnless(KernelBackend.Find(ScalarType.Float32) is not null, "There are no kernels for this CPU.");

    // Fresh biases, gains and statistics are zeros and ones, which would hide a mistake with them.
    private static void FillSmallValues(params DualEncoder[] models)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(5);
        foreach (var (key, value) in models[0].state_dict())
        {
            if (!value.is_floating_point())
                continue;
            var noise = randn(value.shape) * 0.1;
            foreach (var model in models)
            {
                var weight = model.state_dict()[key];
                weight.add_(key.EndsWith("running_var", StringComparison.Ordinal) ? noise.abs() : noise);
            }
        }
    }

    private static DualEncoderConfig WithActivation(Activation activation) => TinyConfig.VisionTransformer with
    {
        Image = Vision with { Transformer = Vision.Transformer with { Activation = activation } },
        Text = TinyConfig.VisionTransformer.ClipText() with { Transformer = TinyConfig.VisionTransformer.ClipText().Transformer with { Activation = activation } },
    };

    private static DualEncoderConfig WithImage(Func<VisionTransformerConfig, VisionTransformerConfig> change) =>
        TinyConfig.VisionTransformer with { Image = change(Vision) };

    private static DualEncoderConfig WithText(Func<ClipTextConfig, ClipTextConfig> change) =>
        TinyConfig.VisionTransformer with { Text = change(TinyConfig.VisionTransformer.ClipText()) };

    private static VisionTransformerConfig Vision => (VisionTransformerConfig)TinyConfig.VisionTransformer.Image;
}
