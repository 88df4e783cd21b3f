using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Writes a config as the config.json of one of Hugging Face's classes.</summary>
internal static class HuggingFaceConfigWriter
{
    /// <summary>Name of the file in a published folder.</summary>
    public const string FileName = "config.json";

    public static JsonObject Write(DualEncoderConfig config)
    {
        var model = config.Text.Family.HuggingFaceClassFor(config.Text) ?? config.Image.Family.HuggingFace ?? throw Inexpressible.InHuggingFace("Image", config.Image.GetType().Name);
        model.Require(config);
        Inexpressible.RequireHuggingFace(config.CaptionDecoder is null, nameof(config.CaptionDecoder), "a decoder");
        var text = config.Text.Family.TryWriteHuggingFace(model.ModelType, config.Text) ?? throw Inexpressible.InHuggingFace("Text", config.Text.GetType().Name);
        var written = new JsonObject { ["architectures"] = new JsonArray(model.Architecture), ["model_type"] = model.ModelType };
        model.Write(written, config, text);
        written["text_config"] = text;
        written["vision_config"] = model.WriteImage(config.Image);
        return written;
    }
}
