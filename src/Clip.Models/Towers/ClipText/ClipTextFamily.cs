using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>CLIP's text towers, and SigLIP's and CoCa's, which are the same with other choices.</summary>
internal sealed class ClipTextFamily : TextFamily
{
    private static readonly HuggingFaceClip MetaClip2 = new(ClipTextInHuggingFace.MetaClip2, "MetaClip2Model", hasHalves: true);

    private ClipTextFamily()
    {
    }

    public static ClipTextFamily Instance { get; } = new();

    public override TextTower Create(TextTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new ClipTextTower((ClipTextConfig)config, embeddingSize, weights);

    public override TowerNames? Names(WeightLayout layout, string prefix) => layout switch
    {
        WeightLayout.Native => ClipTextNames.Native(prefix),
        WeightLayout.HuggingFace => ClipTextNames.HuggingFace,
        _ => null,
    };

    public override TowerNames? Names(Publisher publisher, TextTowerConfig config) => publisher switch
    {
        Publisher.Apple => ClipTextInApple.Names((ClipTextConfig)config),
        Publisher.Meta => ClipTextNames.Native(prefix: ""),
        _ => null,
    };

    public override TextTowerConfig? TryReadApple(ConfigSection text) => ClipTextInApple.TryRead(text);

    public override TextTowerConfig? TryInferApple(TensorShapes shapes) => ClipTextInApple.TryInfer(shapes);

    public override TextTowerConfig? TryReadOpenClip(ConfigSection text, bool quickGelu) =>
        text.Text("hf_model_name") is { Length: > 0 } || text.Text("text_arch") is not (null or "clip") ? null : ClipTextInOpenClip.Read(text, quickGelu);

    public override JsonObject WriteOpenClip(TextTowerConfig config) => ClipTextInOpenClip.Write((ClipTextConfig)config);

    public override bool NeedsTextPrefix(TextTowerConfig config) =>
        config is ClipTextConfig text && (text.ClassToken || text.Projection != TextProjection.Matrix);

    public override IReadOnlyList<HuggingFaceModel> HuggingFace { get; } = [MetaClip2];

    // CLIPModel takes an end token of 2 for a mistake of older files.
    public override HuggingFaceModel? HuggingFaceClassFor(TextTowerConfig config) =>
        config is ClipTextConfig { Pooling: TextPooling.FirstEndToken, EndTokenId: ClipTextInHuggingFace.LegacyEndToken } ? MetaClip2 : null;

    public override TextTowerConfig? TryReadHuggingFace(string modelType, OverriddenSection text) =>
        ClipTextInHuggingFace.TryRead(modelType, text);

    public override JsonObject? TryWriteHuggingFace(string modelType, TextTowerConfig config) =>
        ClipTextInHuggingFace.TryWrite(modelType, (ClipTextConfig)config);

    public override TextTowerConfig? TryInfer(TensorShapes shapes, Activation activation)
    {
        if (!shapes.Contains("token_embedding.weight"))
            return null;
        return new ClipTextConfig
        {
            ContextLength = shapes.Size(shapes.Of("positional_embedding", rank: 2)[0]),
            VocabularySize = shapes.Size(shapes.Of("token_embedding.weight", rank: 2)[0]),
            Transformer = shapes.Transformer("transformer.resblocks.", shapes.Of("ln_final.weight")[0], activation),
        };
    }

    public override TextTowerOutline? TryOutline(TensorShapes shapes) =>
        TryOutline(
            shapes, "token_embedding.weight", "positional_embedding", "transformer.resblocks.", shapes.TryOf("text_projection", 2)?[1])
        ?? TryOutline(
            shapes, "text.token_embedding.weight", "text.positional_embedding", "text.transformer.resblocks.",
            shapes.TryOf("text.text_projection", 2)?[1] ?? shapes.TryOf("text.text_projection.weight", 2)?[0])
        ?? TryOutline(
            shapes, "text_model.embeddings.token_embedding.weight", "text_model.embeddings.position_embedding.weight", "text_model.encoder.layers.",
            shapes.TryOf("text_projection.weight", 2)?[0] ?? shapes.TryOf("text_model.head.weight", 2)?[0])
        ?? ClipTextInApple.TryOutline(shapes);

    public override string? WhyNotResizable(TextTowerConfig config) =>
        config is ClipTextConfig { ClassToken: true } ? "The context length of a text tower with a class token is that of its weights." : null;

    public override Tensor Resize(string parameter, Tensor stored, TextTowerConfig to) =>
        parameter == PositionResizer.Parameter ? PositionResizer.ResizeText(stored, to.ContextLength) : base.Resize(parameter, stored, to);

    private static TextTowerOutline? TryOutline(TensorShapes shapes, string token, string position, string blocks, long? embeddingSize)
    {
        if (shapes.TryOf(token, 2) is not { } tokens || shapes.TryOf(position, 2) is not { } positions)
            return null;
        return new TextTowerOutline(positions[0], tokens[0], tokens[1], shapes.CountBlocks(blocks), embeddingSize ?? tokens[1]);
    }
}
