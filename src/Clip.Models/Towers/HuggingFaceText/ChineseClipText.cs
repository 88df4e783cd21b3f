using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ChineseCLIP's text tower (Yang et al. 2022) in Hugging Face's words and names: a BERT whose first token is projected.</summary>
internal static class ChineseClipText
{
    /// <summary>The config's model_type.</summary>
    public const string ModelType = "chinese_clip";

    // The longest text of the published models (OFA-Sys/Chinese-CLIP, context_length).
    private const int UsualContext = 52;

    /// <summary>The names of its weights.</summary>
    public static TowerNames Names { get; } = new(
        "Hugging Face ChineseCLIPModel",
        [
            .. HuggingFaceTextNames.Bert($"text.{HuggingFaceTextTower.EncoderName}", "text_model."),
            KeyRule.Rename("text.proj.weight", "text_projection.weight"),
        ],
        "position_ids");      // a buffer of older versions

    public static HuggingFaceTextConfig Read(OverriddenSection text)
    {
        var model = BertTextKind.Instance.Read(text, HuggingFaceTextModels.ByName["bert-base-uncased"]);
        return new HuggingFaceTextConfig
        {
            ContextLength = Math.Min(UsualContext, Math.Max(1, model.Encoder.LongestText!.Value)),
            VocabularySize = model.VocabularySize,
            Tokenizer = TokenizerKind.WordPiece,
            Encoder = model.Encoder,
            Pooling = HuggingFaceTextPooling.First,
            Projection = HuggingFaceTextProjection.Linear,
        };
    }

    /// <exception cref="ArgumentException">The config cannot express the tower.</exception>
    public static JsonObject Write(HuggingFaceTextConfig text)
    {
        Inexpressible.RequireHuggingFace(text.Encoder is BertTextConfig { PositionsFollowPadding: false }, "Text.Encoder", text.Encoder.GetType().Name);
        Inexpressible.RequireHuggingFace(text.Pooling == HuggingFaceTextPooling.First, "Text.Pooling", text.Pooling);
        Inexpressible.RequireHuggingFace(text.Projection == HuggingFaceTextProjection.Linear, "Text.Projection", text.Projection);
        var written = BertTextKind.Instance.Write(text.Encoder, text.VocabularySize);
        written["model_type"] = "chinese_clip_text_model";
        return written;
    }
}
