using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Vision transformers with relative positions by the names that timm gives them.</summary>
internal static class RelativeVitInTimm
{
    private const double NormEpsilon = 1e-6, LayerScale = 1e-6, MlpRatio = 4;
    private const int Resolution = 224, Patch = 16;

    private sealed record Network(string Name, int Width, int Layers, int Heads, int PositionWidth, bool AttentionBias);

    // timm, vision_transformer_relpos.py.
    private static readonly Network[] Networks =
    [
        new("vit_relpos_medium_patch16_cls_224", 512, 12, 8, PositionWidth: 256, AttentionBias: false),
        new("vit_relpos_base_patch16_cls_224", 768, 12, 12, PositionWidth: 128, AttentionBias: false),
    ];

    public static RelativeVitConfig? TryRead(TimmSettings settings)
    {
        if (Networks.FirstOrDefault(network => network.Name == settings.Name) is not { } network)
            return null;
        var head = settings.Head;
        // Behind a head of its own, open_clip leaves a network the pooling that it has.
        settings.RequirePool(["token", "avg", .. head.Projection is TimmProjection.Linear or TimmProjection.Mlp ? [""] : (string[])[]]);

        var width = settings.Integer("embed_dim", network.Width);
        return new RelativeVitConfig
        {
            Resolution = settings.Resolution,
            Head = head,
            PatchSize = settings.Integer("patch_size", Patch),
            PositionWidth = settings.Integer("rel_pos_dim", network.PositionWidth),
            AttentionBias = network.AttentionBias,
            Pooling = settings.Pool == "avg" ? ImagePooling.Average : ImagePooling.ClassToken,
            Transformer = new TransformerConfig
            {
                Width = width,
                Layers = settings.Integer("depth", network.Layers),
                Heads = settings.Integer("num_heads", network.Heads),
                MlpWidth = settings.MlpWidth(width, MlpRatio),
                Activation = Activation.Gelu,
                NormEpsilon = NormEpsilon,
                LayerScale = LayerScale,
            },
        };
    }

    /// <summary>Writes a tower by the name of the timm model that is nearest to it, with what differs in size.</summary>
    /// <exception cref="ArgumentException">timm has no such model.</exception>
    public static JsonObject Write(RelativeVitConfig image)
    {
        var transformer = image.Transformer;
        if (transformer is not { Activation: Activation.Gelu, NormEpsilon: NormEpsilon, LayerScale: LayerScale } || image.AttentionBias)
            throw Inexpressible.InOpenClip("Image", "a vision transformer with relative positions and these choices, since timm has none");
        var network = Networks.FirstOrDefault(network => (network.Width, network.Layers) == (transformer.Width, transformer.Layers)) ?? Networks[0];
        var sizes = new TimmSizes()
            .Resolution(image.Resolution, Resolution)
            .Add("patch_size", image.PatchSize, Patch)
            .Add("embed_dim", transformer.Width, network.Width)
            .Add("depth", transformer.Layers, network.Layers)
            .Add("num_heads", transformer.Heads, network.Heads)
            .Add("rel_pos_dim", image.PositionWidth, network.PositionWidth)
            .Mlp(transformer.Width, transformer.MlpWidth, MlpRatio);
        return TimmVision.Write(image, network.Name, image.Pooling == ImagePooling.Average ? "avg" : "token", sizes.Settings);
    }
}
