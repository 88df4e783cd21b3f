using System.Text.Json;
using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>The arguments of OpenAI's class CLIP, as recorded beside a case.</summary>
internal static class OpenAiCase
{
    public static DualEncoderConfig Config(JsonElement meta)
    {
        var arguments = meta.GetProperty("config");
        int Size(string name) => arguments.GetProperty(name).GetInt32();

        var layers = arguments.GetProperty("vision_layers");
        var heads = meta.GetProperty("vision_heads").GetInt32();
        ImageTowerConfig image = layers.ValueKind == JsonValueKind.Array
            ? new ModifiedResNetConfig
            {
                Resolution = Size("image_resolution"),
                Blocks = [.. layers.EnumerateArray().Select(count => count.GetInt32())],
                Width = Size("vision_width"),
                Heads = heads,
            }
            : new VisionTransformerConfig
            {
                Resolution = Size("image_resolution"),
                PatchSize = Size("vision_patch_size"),
                Transformer = Transformer(Size("vision_width"), layers.GetInt32(), heads),
            };
        return new DualEncoderConfig
        {
            EmbeddingSize = Size("embed_dim"),
            Image = image,
            Text = new ClipTextConfig
            {
                ContextLength = Size("context_length"),
                VocabularySize = Size("vocab_size"),
                Transformer = Transformer(Size("transformer_width"), Size("transformer_layers"), Size("transformer_heads")),
            },
        };
    }

    private static TransformerConfig Transformer(int width, int layers, int heads) =>
        new() { Width = width, Layers = layers, Heads = heads, Activation = Activation.QuickGelu };
}
