using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Perception Encoders by the names under which open_clip's configs call them in timm.</summary>
internal static class PerceptionEncoderInOpenClip
{
    private const double UsualMlpRatio = 4;

    private readonly record struct Network(string Name, int Resolution, int Patch, int Width, int Layers, int Heads, bool ClassToken = true, double MlpRatio = UsualMlpRatio)
    {
        public ImageSize Grid => Resolution / Patch;
    }

    // timm, eva.py.
    private static readonly Network[] Networks =
    [
        new("vit_pe_core_tiny_patch16_384", 384, 16, 192, 12, 3),
        new("vit_pe_core_small_patch16_384", 384, 16, 384, 12, 6),
        new("vit_pe_core_base_patch16_224", 224, 16, 768, 12, 12),
        new("vit_pe_core_large_patch14_336", 336, 14, 1024, 24, 16),
        new("vit_pe_core_gigantic_patch14_448", 448, 14, 1536, 50, 16, ClassToken: false, MlpRatio: 8960.0 / 1536),
    ];

    public static PerceptionEncoderConfig? TryRead(TimmSettings settings)
    {
        if (Networks.FirstOrDefault(network => network.Name == settings.Name) is not { Name: not null } network)
            return null;
        settings.RequirePool("map");

        var width = settings.Integer("embed_dim", network.Width);
        return new PerceptionEncoderConfig
        {
            Resolution = settings.Resolution,
            PatchSize = settings.Integer("patch_size", network.Patch),
            Head = settings.Head,
            ClassToken = network.ClassToken,
            ReferenceGrid = settings.Grid("ref_feat_shape", network.Grid),
            Transformer = settings.Transformer(width, network.Layers, network.Heads, network.MlpRatio, Activation.Gelu),
        };
    }

    /// <summary>Writes a tower by the name of the network that is nearest to it, with what differs in size.</summary>
    /// <exception cref="ArgumentException">timm has no such network.</exception>
    public static JsonObject Write(PerceptionEncoderConfig image)
    {
        var transformer = image.Transformer;
        if ((transformer.Activation, transformer.NormEpsilon, transformer.LayerScale) != (Activation.Gelu, 1e-5, null))
            throw Inexpressible.InOpenClip("Image.Transformer", "blocks with these choices, since timm has none");
        var network = Networks
            .Where(network => network.ClassToken == image.ClassToken)
            .OrderByDescending(network => (network.Width, network.Layers) == (transformer.Width, transformer.Layers))
            .ThenByDescending(network => network.Patch == image.PatchSize)
            .ThenByDescending(network => image.Resolution == network.Resolution)
            .First();
        var sizes = new TimmSizes()
            .Resolution(image.Resolution, network.Resolution)
            .Add("patch_size", image.PatchSize, network.Patch)
            .Add("embed_dim", transformer.Width, network.Width)
            .Add("depth", transformer.Layers, network.Layers)
            .Add("num_heads", transformer.Heads, network.Heads)
            .Mlp(transformer.Width, transformer.MlpWidth, network.MlpRatio)
            .Grid("ref_feat_shape", image.ReferenceGrid ?? image.Grid, network.Grid);
        return TimmVision.Write(image, network.Name, "map", sizes.Settings);
    }
}
