using Clip.Models.Tests.Image;

namespace Clip.Models.Tests;

/// <summary>Architectures of every kind that are small enough to build in a moment.</summary>
internal static class TinyConfig
{
    public static DualEncoderConfig VisionTransformer { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new VisionTransformerConfig { Resolution = 32, PatchSize = 8, Transformer = Transformer(width: 32) },
        Text = Text,
    };

    public static DualEncoderConfig ResNet { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new ModifiedResNetConfig { Resolution = 32, Blocks = [2, 1, 1, 1], Width = 8, Heads = 4 },
        Text = Text,
    };

    public static DualEncoderConfig SigLip { get; } = new()
    {
        EmbeddingSize = 32,
        InitialLogitScale = Math.Log(10),
        InitialLogitBias = -10,
        Image = new SigLipVisionConfig { Resolution = 32, PatchSize = 8, Transformer = Transformer(width: 32) },
        Text = Text with { Tokenizer = TokenizerKind.SigLip, Causal = false, Pooling = TextPooling.Last, Projection = TextProjection.Linear },
    };

    /// <summary>All choices that differ from OpenAI's, at once.</summary>
    public static DualEncoderConfig Unusual { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new VisionTransformerConfig
        {
            Resolution = new ImageSize(32, 16),
            PatchSize = 8,
            NormBeforeBlocks = false,
            NormAfterPooling = true,
            Pooling = ImagePooling.Average,
            AttentionalPooler = new AttentionalPoolerConfig { Queries = 5, Heads = 3 },
            PatchDropout = 0.5,
            Transformer = Transformer(width: 32) with { LayerScale = 0.1, MlpWidth = 40, Activation = Activation.Gelu },
        },
        Text = Text with { ClassToken = true, PaddingId = 3, Transformer = Transformer(width: 16) with { Activation = Activation.Gelu } },
    };

    public static DualEncoderConfig NaFlex { get; } = SigLip with
    {
        Image = new NaFlexVisionConfig
        {
            Resolution = 24,
            Head = new TimmHeadConfig(TimmProjection.None),
            PatchSize = 4,
            MaxPatches = 36,
            PositionGrid = 4,
            PositionInterpolation = PositionInterpolation.Bicubic,
            Transformer = Transformer(width: 32) with { Activation = Activation.GeluTanh, NormEpsilon = 1e-6 },
        },
    };

    /// <summary>timm's NaFlexVit with registers and an average.</summary>
    public static DualEncoderConfig NaFlexAverage { get; } = VisionTransformer with
    {
        Image = (NaFlexVisionConfig)NaFlex.Image with
        {
            Head = new TimmHeadConfig(TimmProjection.Linear),
            Registers = 3,
            Pooling = NaFlexPooling.Average,
            Transformer = Transformer(width: 32) with { Activation = Activation.Gelu, NormEpsilon = 1e-6, LayerScale = 1e-5 },
        },
    };

    /// <summary>timm's NaFlexVit with gated MLPs.</summary>
    public static DualEncoderConfig NaFlexGated { get; } = VisionTransformer with
    {
        Image = (NaFlexVisionConfig)NaFlexAverage.Image with
        {
            Head = new TimmHeadConfig(TimmProjection.Classifier, Bias: true),
            Registers = 1,
            Pooling = NaFlexPooling.Attention,
            PoolMlpWidth = 128,
            GatedMlp = true,
            Transformer = ((NaFlexVisionConfig)NaFlexAverage.Image).Transformer with { MlpWidth = 85 },
        },
    };

    public static DualEncoderConfig ConvNext { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new ConvNextConfig
        {
            Resolution = 32,
            Head = new TimmHeadConfig(TimmProjection.Mlp),
            Blocks = [1, 1, 2, 1],
            Widths = [8, 12, 16, 20],
            LayerScale = 0.5,
        },
        Text = Text,
    };

    public static DualEncoderConfig ViTamin { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new ViTaminConfig
        {
            Resolution = 32,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            StemWidth = 8,
            StageWidths = [8, 16],
            StageBlocks = [1, 2],
            Width = 32,
            Layers = 2,
            Heads = 2,
        },
        Text = Text,
    };

    /// <summary>Three stages: windows that shift, that reach beyond the image, and that are no larger than it.</summary>
    public static DualEncoderConfig Swin { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new SwinConfig
        {
            Resolution = new ImageSize(32, 16),
            Head = new TimmHeadConfig(TimmProjection.Classifier, Bias: true),
            PatchSize = 2,
            Width = 8,
            Blocks = [2, 2, 1],
            Heads = [1, 2, 4],
            Window = 3,
        },
        Text = Text,
    };

    /// <summary>The same with windows that fill the image.</summary>
    public static DualEncoderConfig WholeSwin { get; } = Swin with
    {
        Image = (SwinConfig)Swin.Image with { Head = new TimmHeadConfig(TimmProjection.Linear), Window = 4 },
    };

    public static DualEncoderConfig RelativeVit { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new RelativeVitConfig
        {
            Resolution = new ImageSize(24, 32),
            PatchSize = 8,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            PositionWidth = 12,
            Pooling = ImagePooling.Average,
            Transformer = Transformer(width: 32) with { Activation = Activation.Gelu, NormEpsilon = 1e-6, LayerScale = 1e-6 },
        },
        Text = Text,
    };

    /// <summary>A FastViT of five stages, for images whose sides no stride divides.</summary>
    public static DualEncoderConfig FastVit { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new FastVitConfig
        {
            Resolution = new ImageSize(72, 40),
            Head = new TimmHeadConfig(TimmProjection.Classifier, Bias: true),
            Blocks = [1, 1, 1, 2, 1],
            Widths = [8, 8, 16, 32, 64],
        },
        Text = Text with { Causal = false, Transformer = Transformer(width: 16) with { Activation = Activation.Gelu } },
    };

    /// <summary>MobileCLIP-S0: a FastViT of four stages and a text tower with convolutions.</summary>
    public static DualEncoderConfig MobileClip { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new FastVitConfig
        {
            Resolution = 64,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            Blocks = [1, 2, 1, 1],
            Widths = [8, 8, 16, 32],
        },
        Text = new MobileClipTextConfig
        {
            ContextLength = 12,
            VocabularySize = 50,
            Transformer = Transformer(width: 16) with { Activation = Activation.Gelu },
        },
    };

    /// <summary>The same with folded branches.</summary>
    public static DualEncoderConfig FoldedMobileClip { get; } = MobileClip with
    {
        Image = (FastVitConfig)MobileClip.Image with { Reparameterized = true },
        Text = (MobileClipTextConfig)MobileClip.Text with { Reparameterized = true },
    };

    /// <summary>With a decoder for captions.</summary>
    public static DualEncoderConfig CoCa { get; } = new()
    {
        EmbeddingSize = 16,
        Image = new VisionTransformerConfig
        {
            Resolution = 32,
            PatchSize = 8,
            AttentionalPooler = new AttentionalPoolerConfig { Queries = 5, Heads = 2 },
            Transformer = Transformer(width: 32),
        },
        Text = Text with { ClassToken = true },
        CaptionDecoder = new CaptionDecoderConfig { ContextLength = 12, Transformer = Transformer(width: 16) },
    };

    public static IReadOnlyDictionary<string, DualEncoderConfig> All { get; } = new Dictionary<string, DualEncoderConfig>(TinyTransformers.All)
    {
        [nameof(VisionTransformer)] = VisionTransformer,
        [nameof(ResNet)] = ResNet,
        [nameof(SigLip)] = SigLip,
        [nameof(NaFlex)] = NaFlex,
        [nameof(NaFlexAverage)] = NaFlexAverage,
        [nameof(NaFlexGated)] = NaFlexGated,
        [nameof(Unusual)] = Unusual,
        [nameof(ConvNext)] = ConvNext,
        [nameof(ViTamin)] = ViTamin,
        [nameof(Swin)] = Swin,
        [nameof(WholeSwin)] = WholeSwin,
        [nameof(RelativeVit)] = RelativeVit,
        [nameof(FastVit)] = FastVit,
        [nameof(MobileClip)] = MobileClip,
        [nameof(FoldedMobileClip)] = FoldedMobileClip,
    };

    /// <summary>A model with weights from a seed, in evaluation mode.</summary>
    public static DualEncoder Create(DualEncoderConfig config, long seed = 1)
    {
        manual_seed(seed).Dispose();
        var network = new DualEncoder(config);
        network.eval();
        return network;
    }

    /// <summary>The same weights, packed.</summary>
    public static PackedDualEncoder CreatePacked(DualEncoderConfig config, WeightQuantization quantization = WeightQuantization.None)
    {
        using var model = Create(config);
        return model.PackForInference(quantization);
    }

    public static Tensor Pixels(DualEncoderConfig config, int count, long seed = 2)
    {
        manual_seed(seed).Dispose();
        return randn(count, 3, config.Image.Resolution.Height, config.Image.Resolution.Width);
    }

    public static Tensor Tokens(DualEncoderConfig config, int count, long seed = 3)
    {
        manual_seed(seed).Dispose();
        return randint(0, config.Text.VocabularySize, [count, config.Text.ContextLength], dtype: ScalarType.Int64);
    }

    private static ClipTextConfig Text => new() { ContextLength = 12, VocabularySize = 50, Transformer = Transformer(width: 16) };

    private static TransformerConfig Transformer(int width) =>
        new() { Width = width, Layers = 2, Heads = 2, Activation = Activation.QuickGelu };
}
