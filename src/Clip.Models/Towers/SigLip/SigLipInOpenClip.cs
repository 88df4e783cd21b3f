using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>SigLIP's image towers by the names under which open_clip's configs call them in timm.</summary>
internal static class SigLipInOpenClip
{
    private readonly record struct Size(int Patch, int Width, int Layers, int Heads, int MlpWidth, Activation Activation);

    // Alabdulmohsin et al. 2023, "Getting ViT in Shape", for so400m; activations as in timm, vision_transformer.py.
    private static readonly Dictionary<string, Size> Towers = new()
    {
        ["vit_base_patch32_siglip_256"] = new(32, 768, 12, 12, 3072, Activation.GeluTanh),
        ["vit_base_patch16_siglip_224"] = new(16, 768, 12, 12, 3072, Activation.Gelu),
        ["vit_base_patch16_siglip_256"] = new(16, 768, 12, 12, 3072, Activation.Gelu),
        ["vit_base_patch16_siglip_384"] = new(16, 768, 12, 12, 3072, Activation.Gelu),
        ["vit_base_patch16_siglip_512"] = new(16, 768, 12, 12, 3072, Activation.Gelu),
        ["vit_large_patch16_siglip_256"] = new(16, 1024, 24, 16, 4096, Activation.Gelu),
        ["vit_large_patch16_siglip_384"] = new(16, 1024, 24, 16, 4096, Activation.Gelu),
        ["vit_large_patch16_siglip_512"] = new(16, 1024, 24, 16, 4096, Activation.GeluTanh),
        ["vit_so400m_patch14_siglip_224"] = new(14, 1152, 27, 16, 4304, Activation.Gelu),
        ["vit_so400m_patch14_siglip_378"] = new(14, 1152, 27, 16, 4304, Activation.Gelu),
        ["vit_so400m_patch14_siglip_384"] = new(14, 1152, 27, 16, 4304, Activation.Gelu),
        ["vit_so400m_patch16_siglip_256"] = new(16, 1152, 27, 16, 4304, Activation.GeluTanh),
        ["vit_so400m_patch16_siglip_384"] = new(16, 1152, 27, 16, 4304, Activation.GeluTanh),
        ["vit_so400m_patch16_siglip_512"] = new(16, 1152, 27, 16, 4304, Activation.GeluTanh),
        ["vit_giantopt_patch16_siglip_256"] = new(16, 1536, 40, 16, 6144, Activation.GeluTanh),
        ["vit_giantopt_patch16_siglip_384"] = new(16, 1536, 40, 16, 6144, Activation.GeluTanh),
    };

    // timm's mlp_ratio of the shape-optimized towers and of all others.
    private const double ShapeOptimizedMlpRatio = 3.7362, UsualMlpRatio = 4;

    public static SigLipVisionConfig? TryRead(ConfigSection vision, ImageSize resolution)
    {
        if (TimmSettings.TryRead(vision, resolution) is not { } settings || !Towers.TryGetValue(settings.Name, out var size))
            return null;
        settings.RequirePool("map");
        if (settings.Head.Projection != TimmProjection.None)
            throw settings.Error("timm_proj", "SigLIP's image features are not projected, 'none'");
        vision.RequireOff("patch_dropout");

        var width = settings.Integer("embed_dim", size.Width);
        var config = new SigLipVisionConfig
        {
            Resolution = resolution,
            PatchSize = settings.Integer("patch_size", size.Patch),
            Transformer = settings.Transformer(width, size.Layers, size.Heads, MlpRatio(size), size.Activation) with { NormEpsilon = 1e-6 },
        };
        settings.RefuseUnknown();
        return config;
    }

    /// <summary>Writes a tower by the name of the timm model that is nearest to it, with what differs in size.</summary>
    /// <exception cref="ArgumentException">There is no such timm model.</exception>
    public static JsonObject Write(SigLipVisionConfig image)
    {
        var transformer = image.Transformer;
        var near = Towers
            .Where(tower => tower.Value.Activation == transformer.Activation)
            .OrderByDescending(tower => (tower.Value.Width, tower.Value.Layers) == (transformer.Width, transformer.Layers))
            .ThenByDescending(tower => tower.Value.Patch == image.PatchSize)
            .ThenByDescending(tower => image.Resolution == Resolution(tower.Key))
            .ToArray();
        if (near.Length == 0 || transformer.NormEpsilon != 1e-6 || transformer.LayerScale is not null)
            throw Inexpressible.InOpenClip("Image", $"a SigLIP tower of these sizes at {image.Resolution}, since timm has none");

        var (name, size) = near[0];
        var sizes = new TimmSizes()
            .Resolution(image.Resolution, Resolution(name))
            .Add("patch_size", image.PatchSize, size.Patch)
            .Add("embed_dim", transformer.Width, size.Width)
            .Add("depth", transformer.Layers, size.Layers)
            .Add("num_heads", transformer.Heads, size.Heads)
            .Mlp(transformer.Width, transformer.MlpWidth, MlpRatio(size));
        return TimmVision.Write(image.Resolution, new TimmHeadConfig(TimmProjection.None), name, "map", sizes.Settings);
    }

    private static double MlpRatio(Size size) => size.MlpWidth == UsualMlpRatio * size.Width ? UsualMlpRatio : ShapeOptimizedMlpRatio;

    private static int Resolution(string name) => int.Parse(name.AsSpan(name.LastIndexOf('_') + 1), provider: null);
}
