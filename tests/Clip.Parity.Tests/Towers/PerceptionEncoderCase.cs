using System.Text.Json;
using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>The settings of Meta's class CLIP with a Perception Encoder, as recorded beside a case.</summary>
internal static class PerceptionEncoderCase
{
    public static DualEncoderConfig Config(JsonElement meta)
    {
        var (image, text) = (meta.GetProperty("vision_config"), meta.GetProperty("text_config"));
        return new DualEncoderConfig
        {
            EmbeddingSize = Size(image, "output_dim"),
            Image = new PerceptionEncoderConfig
            {
                Resolution = Size(image, "image_size"),
                PatchSize = Size(image, "patch_size"),
                Head = new TimmHeadConfig(TimmProjection.Linear),
                ClassToken = image.GetProperty("use_cls_token").GetBoolean(),
                Transformer = Transformer(image) with { MlpWidth = (int)(Size(image, "width") * image.GetProperty("mlp_ratio").GetDouble()) },
            },
            Text = new ClipTextConfig
            {
                ContextLength = Size(text, "context_length"),
                VocabularySize = Size(text, "vocab_size"),
                Transformer = Transformer(text),
            },
        };
    }

    private static TransformerConfig Transformer(JsonElement tower) => new()
    {
        Width = Size(tower, "width"),
        Layers = Size(tower, "layers"),
        Heads = Size(tower, "heads"),
        Activation = Activation.Gelu,
    };

    private static int Size(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
