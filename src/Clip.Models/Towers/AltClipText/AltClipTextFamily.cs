using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>AltCLIP's text towers.</summary>
internal sealed class AltClipTextFamily : TextFamily
{
    private const string ModelType = "altclip";

    // The longest text of the published models.
    private const int UsualContext = 77;

    private static readonly HuggingFaceClip AltClip = new(ModelType, "AltCLIPModel", hasHalves: false, embeddingSize: 768);

    private AltClipTextFamily()
    {
    }

    public static AltClipTextFamily Instance { get; } = new();

    public override IReadOnlyList<HuggingFaceModel> HuggingFace { get; } = [AltClip];

    public override HuggingFaceModel? HuggingFaceClassFor(TextTowerConfig config) => AltClip;

    public override TextTower Create(TextTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new AltClipTextTower((AltClipTextConfig)config, embeddingSize, weights);

    // open_clip has no such tower; its layout here is Hugging Face's beside native names of the image tower.
    public override TowerNames? Names(WeightLayout layout, string prefix) =>
        layout == WeightLayout.HuggingFace
            ? new TowerNames(
                "Hugging Face AltCLIPModel",
                [
                    .. HuggingFaceTextNames.Bert($"text.{AltClipTextTower.EncoderName}", "text_model.roberta."),
                    new PrefixRule("text.pre_LN.", "text_model.pre_LN."),
                    new PrefixRule("text.transformation.", "text_model.transformation."),
                    new PrefixRule("text.text_projection.", "text_projection."),
                ],
                "position_ids", "roberta.pooler.dense.weight", "roberta.pooler.dense.bias")      // that of XLM-R, which nothing reads
            : null;

    public override TextTowerConfig? TryReadOpenClip(ConfigSection text, bool quickGelu) => null;

    public override JsonObject WriteOpenClip(TextTowerConfig config) => throw Inexpressible.InOpenClip("Text", nameof(AltClipTextConfig));

    public override bool NeedsTextPrefix(TextTowerConfig config) => true;

    public override TextTowerConfig? TryReadHuggingFace(string modelType, OverriddenSection text)
    {
        if (modelType != ModelType)
            return null;
        var model = BertTextKind.Instance.Read(text, HuggingFaceTextModels.ByName["xlm-roberta-large"]);
        var encoder = (BertTextConfig)model.Encoder;
        return new AltClipTextConfig
        {
            ContextLength = Math.Min(UsualContext, Math.Max(1, encoder.LongestText!.Value)),
            VocabularySize = model.VocabularySize,
            Tokenizer = TokenizerKind.XlmRoberta,
            Encoder = encoder,
            TransformedWidth = text.Integer("project_dim", 768),
        };
    }

    public override JsonObject? TryWriteHuggingFace(string modelType, TextTowerConfig config)
    {
        if (modelType != ModelType || config is not AltClipTextConfig text)
            return null;
        var written = BertTextKind.Instance.Write(text.Encoder, text.VocabularySize);
        written["model_type"] = "altclip_text_model";
        written["project_dim"] = text.TransformedWidth;
        return written;
    }

    public override TextTowerOutline? TryOutline(TensorShapes shapes)
    {
        const string Stored = "text_model.roberta";
        if (shapes.TryOf($"{Stored}.embeddings.word_embeddings.weight", 2) is not { } vectors
            || shapes.TryOf($"{Stored}.embeddings.position_embeddings.weight", 2) is not { } positions
            || shapes.TryOf("text_projection.weight", 2) is not { } projection)
        {
            return null;
        }
        return new TextTowerOutline(positions[0], vectors[0], vectors[1], shapes.CountBlocks($"{Stored}.encoder.layer."), projection[0]);
    }
}
