using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>EVA's towers by the names under which open_clip's configs call them in timm.</summary>
internal static class EvaInOpenClip
{
    private readonly record struct Network(string Name, EvaBlockKind Blocks, int Resolution, int Patch, int Width, int Layers, int Heads, double MlpRatio);

    // timm, eva.py.
    private static readonly Network[] Networks =
    [
        new("eva_giant_patch14_224", EvaBlockKind.PreNorm, 224, 14, 1408, 40, 16, 6144.0 / 1408),
        new("eva02_base_patch16_clip_224", EvaBlockKind.Gated, 224, 16, 768, 12, 12, 4 * 2.0 / 3),
        new("eva02_large_patch14_clip_224", EvaBlockKind.Gated, 224, 14, 1024, 24, 16, 4 * 2.0 / 3),
        new("eva02_large_patch14_clip_336", EvaBlockKind.Gated, 336, 14, 1024, 24, 16, 4 * 2.0 / 3),
        new("eva02_enormous_patch14_clip_224", EvaBlockKind.PostNorm, 224, 14, 1792, 64, 16, 15360.0 / 1792),
    ];

    public static EvaConfig? TryRead(TimmSettings settings)
    {
        if (Networks.FirstOrDefault(network => network.Name == settings.Name) is not { Name: not null } network)
            return null;
        var head = settings.Head;
        settings.RequirePool("token");

        var width = settings.Integer("embed_dim", network.Width);
        var config = new EvaConfig
        {
            Resolution = settings.Resolution,
            PatchSize = settings.Integer("patch_size", network.Patch),
            Head = head,
            Blocks = network.Blocks,
            Width = width,
            Layers = settings.Integer("depth", network.Layers),
            Heads = settings.Integer("num_heads", network.Heads),
            MlpWidth = settings.MlpWidth(width, network.MlpRatio),
        };
        return network.Blocks == EvaBlockKind.Gated ? config with { ReferenceGrid = settings.Grid("ref_feat_shape", config.ReferenceGrid) } : config;
    }

    /// <summary>Writes a tower by the name of the network that is nearest to it, with what differs in size.</summary>
    /// <exception cref="ArgumentException">timm has no such network.</exception>
    public static JsonObject Write(EvaConfig image)
    {
        var near = Networks
            .Where(network => network.Blocks == image.Blocks)
            .OrderByDescending(network => (network.Width, network.Layers) == (image.Width, image.Layers))
            .ThenByDescending(network => network.Patch == image.PatchSize)
            .ThenByDescending(network => image.Resolution == network.Resolution)
            .First();
        var sizes = new TimmSizes()
            .Resolution(image.Resolution, near.Resolution)
            .Add("patch_size", image.PatchSize, near.Patch)
            .Add("embed_dim", image.Width, near.Width)
            .Add("depth", image.Layers, near.Layers)
            .Add("num_heads", image.Heads, near.Heads)
            .Mlp(image.Width, image.MlpWidth, near.MlpRatio);
        if (image.Blocks == EvaBlockKind.Gated)
            sizes.Grid("ref_feat_shape", image.ReferenceGrid, EvaConfig.UsualReferenceGrid);
        return TimmVision.Write(image, near.Name, "token", sizes.Settings);
    }
}
