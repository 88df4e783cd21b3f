using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Writes a config as the config.json of Hugging Face's CLIPModel or SiglipModel.</summary>
internal static class HuggingFaceConfigWriter
{
    /// <summary>Name of the file in a published folder.</summary>
    public const string FileName = "config.json";

    public static JsonObject Write(DualEncoderConfig config) => config.Image switch
    {
        VisionTransformerConfig image => Clip(config, image),
        SigLipVisionConfig image => SigLip(config, image),
        _ => throw Inexpressible("Image", config.Image.GetType().Name),
    };

    private static JsonObject Clip(DualEncoderConfig config, VisionTransformerConfig image)
    {
        var text = config.Text;
        Require(image.NormBeforeBlocks, "Image.NormBeforeBlocks", false);
        Require(image.Pooling == ImagePooling.ClassToken, "Image.Pooling", image.Pooling);
        Require(image.AttentionalPooler is null, "Image.AttentionalPooler", image.AttentionalPooler);
        Require(text.Causal, "Text.Causal", false);
        Require(!text.ClassToken, "Text.ClassToken", true);
        Require(text.Projection == TextProjection.Matrix, "Text.Projection", text.Projection);
        Require(text.Pooling is TextPooling.HighestId or TextPooling.FirstEndToken, "Text.Pooling", text.Pooling);
        Require(text.Pooling == TextPooling.HighestId || text.EndTokenId != 2, "Text.EndTokenId", 2);
        Require(config.InitialLogitBias is null, "InitialLogitBias", config.InitialLogitBias);

        var textSection = Text("clip_text_model", text);
        // 2 is what transformers reads as: pool at the highest id.
        textSection["eos_token_id"] = text.Pooling == TextPooling.HighestId ? 2 : text.EndTokenId;
        return new JsonObject
        {
            ["architectures"] = new JsonArray("CLIPModel"),
            ["model_type"] = "clip",
            ["projection_dim"] = config.EmbeddingSize,
            ["logit_scale_init_value"] = config.InitialLogitScale,
            ["text_config"] = textSection,
            ["vision_config"] = Vision("clip_vision_model", image.Resolution, image.PatchSize, image.Transformer),
        };
    }

    private static JsonObject SigLip(DualEncoderConfig config, SigLipVisionConfig image)
    {
        var text = config.Text;
        Require(!text.Causal, "Text.Causal", true);
        Require(!text.ClassToken, "Text.ClassToken", true);
        Require(text.Pooling == TextPooling.Last, "Text.Pooling", text.Pooling);
        Require(text.Projection == TextProjection.Linear, "Text.Projection", text.Projection);
        Require(config.InitialLogitBias is not null, "InitialLogitBias", null);

        var textSection = Text("siglip_text_model", text);
        textSection["projection_size"] = config.EmbeddingSize;
        return new JsonObject
        {
            ["architectures"] = new JsonArray("SiglipModel"),
            ["model_type"] = "siglip",
            ["text_config"] = textSection,
            ["vision_config"] = Vision("siglip_vision_model", image.Resolution, image.PatchSize, image.Transformer),
        };
    }

    private static JsonObject Text(string kind, TextTowerConfig text)
    {
        var written = Transformer(kind, "Text", text.Transformer);
        written["max_position_embeddings"] = text.ContextLength;
        written["vocab_size"] = text.VocabularySize;
        return written;
    }

    private static JsonObject Vision(string kind, ImageSize resolution, int patchSize, TransformerConfig transformer)
    {
        Require(resolution.Height == resolution.Width, "Image.Resolution", resolution);
        var written = Transformer(kind, "Image", transformer);
        written["image_size"] = resolution.Height;
        written["patch_size"] = patchSize;
        written["num_channels"] = 3;
        return written;
    }

    private static JsonObject Transformer(string kind, string tower, TransformerConfig transformer)
    {
        Require(transformer.LayerScale is null, $"{tower}.Transformer.LayerScale", transformer.LayerScale);
        return new JsonObject
        {
            ["model_type"] = kind,
            ["hidden_size"] = transformer.Width,
            ["intermediate_size"] = transformer.PerceptronWidth,
            ["num_hidden_layers"] = transformer.Layers,
            ["num_attention_heads"] = transformer.Heads,
            ["layer_norm_eps"] = transformer.NormEpsilon,
            ["hidden_act"] = transformer.Activation switch
            {
                Activation.QuickGelu => "quick_gelu",
                Activation.Gelu => "gelu",
                Activation.GeluTanh => "gelu_pytorch_tanh",
                var activation => throw new ArgumentException($"Hugging Face's config has no word for the activation {activation}."),
            },
        };
    }

    private static void Require(bool condition, string path, object? value)
    {
        if (!condition)
            throw Inexpressible(path, value);
    }

    private static ArgumentException Inexpressible(string path, object? value) =>
        new($"Hugging Face's config cannot express {path} = {value ?? "null"}.", path);
}
