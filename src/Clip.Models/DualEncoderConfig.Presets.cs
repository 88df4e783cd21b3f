namespace Clip.Models;

// OpenAI's nine models: Radford et al. 2021, tables 19 and 20.
public sealed partial record DualEncoderConfig
{
    /// <summary>OpenAI's RN50.</summary>
    public static DualEncoderConfig RN50 { get; } = ResNet(embedding: 1024, resolution: 224, [3, 4, 6, 3], width: 64, textWidth: 512);

    /// <summary>OpenAI's RN101.</summary>
    public static DualEncoderConfig RN101 { get; } = ResNet(embedding: 512, resolution: 224, [3, 4, 23, 3], width: 64, textWidth: 512);

    /// <summary>OpenAI's RN50x4, about four times the computation of RN50.</summary>
    public static DualEncoderConfig RN50x4 { get; } = ResNet(embedding: 640, resolution: 288, [4, 6, 10, 6], width: 80, textWidth: 640);

    /// <summary>OpenAI's RN50x16, about sixteen times the computation of RN50.</summary>
    public static DualEncoderConfig RN50x16 { get; } = ResNet(embedding: 768, resolution: 384, [6, 8, 18, 8], width: 96, textWidth: 768);

    /// <summary>OpenAI's RN50x64, about sixty-four times the computation of RN50.</summary>
    public static DualEncoderConfig RN50x64 { get; } = ResNet(embedding: 1024, resolution: 448, [3, 15, 36, 10], width: 128, textWidth: 1024);

    /// <summary>OpenAI's ViT-B/32.</summary>
    public static DualEncoderConfig ViTB32 { get; } = VisionTransformer(embedding: 512, resolution: 224, patch: 32, layers: 12, width: 768, textWidth: 512);

    /// <summary>OpenAI's ViT-B/16.</summary>
    public static DualEncoderConfig ViTB16 { get; } = VisionTransformer(embedding: 512, resolution: 224, patch: 16, layers: 12, width: 768, textWidth: 512);

    /// <summary>OpenAI's ViT-L/14.</summary>
    public static DualEncoderConfig ViTL14 { get; } = VisionTransformer(embedding: 768, resolution: 224, patch: 14, layers: 24, width: 1024, textWidth: 768);

    /// <summary>OpenAI's ViT-L/14@336px: ViT-L/14 trained for one more epoch at a higher resolution.</summary>
    public static DualEncoderConfig ViTL14At336 { get; } = ViTL14 with { Image = ViTL14.Image with { Resolution = 336 } };

    /// <summary>The nine models by their published names, such as "ViT-B/32".</summary>
    public static IReadOnlyDictionary<string, DualEncoderConfig> Presets { get; } = new Dictionary<string, DualEncoderConfig>
    {
        ["RN50"] = RN50,
        ["RN101"] = RN101,
        ["RN50x4"] = RN50x4,
        ["RN50x16"] = RN50x16,
        ["RN50x64"] = RN50x64,
        ["ViT-B/32"] = ViTB32,
        ["ViT-B/16"] = ViTB16,
        ["ViT-L/14"] = ViTL14,
        ["ViT-L/14@336px"] = ViTL14At336,
    }.AsReadOnly();

    private static DualEncoderConfig ResNet(int embedding, int resolution, ValueList<int> blocks, int width, int textWidth) => new()
    {
        EmbeddingSize = embedding,
        Image = new ModifiedResNetConfig { Resolution = resolution, Blocks = blocks, Width = width, Heads = 32 * width / HeadWidth },
        Text = TextTower(textWidth),
    };

    private static DualEncoderConfig VisionTransformer(int embedding, int resolution, int patch, int layers, int width, int textWidth) => new()
    {
        EmbeddingSize = embedding,
        Image = new VisionTransformerConfig { Resolution = resolution, PatchSize = patch, Transformer = Transformer(width, layers) },
        Text = TextTower(textWidth),
    };

    private static ClipTextConfig TextTower(int width) => new()
    {
        ContextLength = 77,
        VocabularySize = 49_408,
        Transformer = Transformer(width, layers: 12),
    };

    private static TransformerConfig Transformer(int width, int layers) => new()
    {
        Width = width,
        Layers = layers,
        Heads = width / HeadWidth,
        Activation = Activation.QuickGelu,
    };

    /// <summary>Channels per attention head in all of OpenAI's models.</summary>
    internal const int HeadWidth = 64;
}
