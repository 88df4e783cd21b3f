using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Writes a config as open_clip's model_cfg.</summary>
internal static class OpenClipConfigWriter
{
    /// <summary>Name of the file in a published folder.</summary>
    public const string FileName = "open_clip_config.json";

    public static JsonObject Write(DualEncoderConfig config)
    {
        var usesQuickGelu = config.Text.Activation == Activation.QuickGelu;
        var model = new JsonObject { ["embed_dim"] = config.EmbeddingSize };
        if (usesQuickGelu)
            model["quick_gelu"] = true;
        if (KeyMaps.NeedsTextPrefix(config))
            model["custom_text"] = true;
        if (config.InitialLogitBias is { } bias)
            model["init_logit_bias"] = bias;
        if (config.InitialLogitScale != Math.Log(1 / 0.07))
            model["init_logit_scale"] = config.InitialLogitScale;
        var text = config.Text.Family.WriteOpenClip(config.Text);
        OpenClipTokenizer.Write(text, config.Text.Tokenizer, config.Text.VocabularySize);
        model["vision_cfg"] = config.Image.Family.WriteOpenClip(config.Image, usesQuickGelu);
        model["text_cfg"] = text;
        if (config.CaptionDecoder is { } decoder)
        {
            text["vocab_size"] = CaptionDecoderInOpenClip.VocabularySize(decoder, config.Text);
            model["multimodal_cfg"] = CaptionDecoderInOpenClip.Write(decoder, config.Text);
        }
        return new JsonObject { ["model_cfg"] = model };
    }
}
