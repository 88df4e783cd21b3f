namespace Clip.Models.Tests.Image;

/// <summary>Transformers of timm that are small enough to build in a moment.</summary>
internal static class TinyTransformers
{
    public static DualEncoderConfig ClassToken { get; } = Config(new TimmVitConfig
    {
        Resolution = 32,
        PatchSize = 8,
        Head = Classifier,
        NormBeforeBlocks = true,
        Transformer = Transformer with { NormEpsilon = 1e-5 },
    });

    public static DualEncoderConfig Average { get; } = Config(new TimmVitConfig
    {
        Resolution = new ImageSize(32, 48),
        PatchSize = 16,
        Head = new TimmHeadConfig(TimmProjection.Mlp),
        ClassToken = false,
        AttentionBias = false,
        Pooling = ImagePooling.Average,
        Transformer = Transformer with { LayerScale = 1e-6, NormEpsilon = 1e-6 },
    });

    public static DualEncoderConfig AverageBesideClassToken { get; } = Config(new TimmVitConfig
    {
        Resolution = 32,
        PatchSize = 8,
        Head = Classifier,
        Pooling = ImagePooling.Average,
        NormAfterPooling = true,
        Transformer = Transformer with { NormEpsilon = 1e-6 },
    });

    public static DualEncoderConfig ConvolutionStem { get; } = Config(new TimmVitConfig
    {
        Resolution = 32,
        PatchSize = 16,
        Head = Classifier,
        ClassPosition = false,
        ConvolutionStem = true,
        Transformer = Transformer with { NormEpsilon = 1e-6 },
    });

    public static DualEncoderConfig PerceptionEncoder { get; } = Config(new PerceptionEncoderConfig
    {
        Resolution = 32,
        PatchSize = 8,
        Head = Classifier,
        ReferenceGrid = 4,
        Transformer = Transformer,
    });

    public static DualEncoderConfig PerceptionEncoderWithoutClassToken { get; } = Config(new PerceptionEncoderConfig
    {
        Resolution = new ImageSize(32, 24),
        PatchSize = 8,
        Head = new TimmHeadConfig(TimmProjection.Linear, Bias: true),
        ClassToken = false,
        ReferenceGrid = 6,
        Transformer = Transformer with { MlpWidth = 40 },
    });

    public static DualEncoderConfig Eva01 { get; } = Config(Eva(EvaBlockKind.PreNorm));

    public static DualEncoderConfig Eva02 { get; } = Config(Eva(EvaBlockKind.Gated));

    public static DualEncoderConfig Eva02PostNorm { get; } = Config(Eva(EvaBlockKind.PostNorm));

    public static IReadOnlyDictionary<string, DualEncoderConfig> All { get; } = new Dictionary<string, DualEncoderConfig>
    {
        ["timm's ViT"] = ClassToken,
        ["timm's ViT, average"] = Average,
        ["timm's ViT, average beside a class token"] = AverageBesideClassToken,
        ["timm's ViT, convolution stem"] = ConvolutionStem,
        ["Perception Encoder"] = PerceptionEncoder,
        ["Perception Encoder without class token"] = PerceptionEncoderWithoutClassToken,
        ["EVA-01"] = Eva01,
        ["EVA-02"] = Eva02,
        ["EVA-02-E"] = Eva02PostNorm,
    };

    /// <summary>Patches of an image.</summary>
    public static int Patches(ImageTowerConfig image)
    {
        var grid = image switch
        {
            TimmVitConfig vit => vit.Grid,
            PerceptionEncoderConfig encoder => encoder.Grid,
            _ => ((EvaConfig)image).Grid,
        };
        return grid.Height * grid.Width;
    }

    private static TimmHeadConfig Classifier => new(TimmProjection.Classifier, Bias: true);

    private static TransformerConfig Transformer => new() { Width = 32, Layers = 2, Heads = 2, Activation = Activation.Gelu };

    private static EvaConfig Eva(EvaBlockKind blocks) => new()
    {
        Resolution = 32,
        PatchSize = 8,
        Head = Classifier,
        Blocks = blocks,
        Width = 32,
        Layers = 2,
        Heads = 2,
        MlpWidth = 44,
    };

    private static DualEncoderConfig Config(ImageTowerConfig image) => new()
    {
        EmbeddingSize = 24,
        Image = image,
        Text = new ClipTextConfig { ContextLength = 12, VocabularySize = 50, Transformer = Transformer with { Width = 16 } },
    };
}
