using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Text towers that open_clip takes from Hugging Face's library.</summary>
internal sealed class HuggingFaceTextFamily : TextFamily
{
    private static readonly HuggingFaceClip ChineseClip = new(ChineseClipText.ModelType, "ChineseCLIPModel", hasHalves: false);

    private HuggingFaceTextFamily()
    {
    }

    public static HuggingFaceTextFamily Instance { get; } = new();

    public override IReadOnlyList<string> ModelTypes => [.. HuggingFaceTextModels.ByType.Keys];

    public override IReadOnlyList<HuggingFaceModel> HuggingFace { get; } = [ChineseClip];

    public override HuggingFaceModel? HuggingFaceClassFor(TextTowerConfig config) => ChineseClip;

    public override TextTower Create(TextTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new HuggingFaceTextTower((HuggingFaceTextConfig)config, embeddingSize, weights);

    public override TowerNames? Names(WeightLayout layout, string prefix) => layout switch
    {
        WeightLayout.Native when prefix.Length > 0 => HuggingFaceTextNames.Native,
        WeightLayout.HuggingFace => ChineseClipText.Names,
        _ => null,
    };

    public override TextTowerConfig? TryReadOpenClip(ConfigSection text, bool quickGelu) => HuggingFaceTextInOpenClip.TryRead(text);

    public override JsonObject WriteOpenClip(TextTowerConfig config) => HuggingFaceTextInOpenClip.Write((HuggingFaceTextConfig)config);

    public override TextTowerConfig? TryReadHuggingFace(string modelType, OverriddenSection text) =>
        modelType == ChineseClipText.ModelType ? ChineseClipText.Read(text) : null;

    public override JsonObject? TryWriteHuggingFace(string modelType, TextTowerConfig config) =>
        modelType == ChineseClipText.ModelType ? ChineseClipText.Write((HuggingFaceTextConfig)config) : null;

    public override bool NeedsTextPrefix(TextTowerConfig config) => true;

    public override TextTowerOutline? TryOutline(TensorShapes shapes)
    {
        const string Stored = "text.transformer";
        return TryOutline(shapes, $"{Stored}.embeddings.word_embeddings.weight", $"{Stored}.encoder.layer.")
            ?? TryOutline(shapes, $"{Stored}.embed_tokens.weight", $"{Stored}.layers.")
            ?? TryOutline(shapes, $"{Stored}.embeddings.tok_embeddings.weight", $"{Stored}.layers.")
            ?? TryOutline(shapes, $"{Stored}.embed_tokens.weight", $"{Stored}.block.")
            ?? TryOutline(shapes, "text_model.embeddings.word_embeddings.weight", "text_model.encoder.layer.");
    }

    private static TextTowerOutline? TryOutline(TensorShapes shapes, string tokens, string blocks)
    {
        if (shapes.TryOf(tokens, 2) is not { } vectors || shapes.CountBlocks(blocks) is not (> 0 and var layers))
            return null;
        var embeddings = shapes.TryOf("text.proj.weight", 2)?[0] ?? shapes.TryOf("text.proj.2.weight", 2)?[0]
            ?? shapes.TryOf("text_projection.weight", 2)?[0] ?? vectors[1];
        // Sinusoids, distances and rotary positions are in no file: they have no end.
        var positions = shapes.TryOf(tokens.Replace("word_embeddings", "position_embeddings", StringComparison.Ordinal), 2) is { } table
            && tokens.Contains("word_embeddings", StringComparison.Ordinal) ? table[0] : 0;
        return new TextTowerOutline(positions, vectors[0], vectors[1], layers, embeddings);
    }
}
