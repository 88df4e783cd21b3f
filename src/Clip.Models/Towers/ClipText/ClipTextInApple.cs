namespace Clip.Models;

/// <summary>CLIP's text tower in the files and configs of Apple's code for MobileCLIP, where it is called "base".</summary>
internal static class ClipTextInApple
{
    private const string Kind = "base";

    /// <summary>The names of the weights; null where Apple's code has no such tower.</summary>
    public static TowerNames? Names(ClipTextConfig config) =>
        config is { ClassToken: false, Projection: TextProjection.Matrix, Transformer.LayerScale: null }
            ? new TowerNames("Apple's MobileCLIP", [.. AppleTextNames.Rules(firstBlock: 0)])
            : null;

    public static ClipTextConfig? TryRead(ConfigSection text) => text.Text("model_name") is Kind
        ? new ClipTextConfig
        {
            ContextLength = text.Integer("context_length"),
            VocabularySize = text.Integer("vocab_size"),
            Transformer = AppleTransformer.Read(text),
            Causal = text.Flag("causal_masking"),
        }
        : null;

    /// <summary>Reads the tower of a published model off its weights; null where they hold another.</summary>
    /// <remarks>Of the published ones, the tower beside a vision transformer alone is causal.</remarks>
    public static ClipTextConfig? TryInfer(TensorShapes shapes)
    {
        if (!IsBase(shapes))
            return null;
        return new ClipTextConfig
        {
            ContextLength = shapes.Size(shapes.Of(AppleTextNames.Positions, rank: 4)[2]),
            VocabularySize = shapes.Size(shapes.Of(AppleTextNames.Tokens, rank: 2)[0]),
            Transformer = AppleTransformer.Infer(shapes, shapes.CountBlocks(AppleTextNames.Blocks)),
            Causal = shapes.Contains("image_encoder.model.pos_embed") || shapes.Contains("image_encoder.model.cls_token"),
        };
    }

    public static TextTowerOutline? TryOutline(TensorShapes shapes) =>
        IsBase(shapes) ? AppleTextNames.TryOutline(shapes, shapes.CountBlocks(AppleTextNames.Blocks)) : null;

    private static bool IsBase(TensorShapes shapes) =>
        shapes.Contains(AppleTextNames.Tokens) && shapes.Contains($"{AppleTextNames.Blocks}0.pre_norm_mha.0.weight");
}
