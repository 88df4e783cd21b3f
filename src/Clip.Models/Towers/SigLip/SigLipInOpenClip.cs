using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>SigLIP's image towers by the names under which open_clip's configs call them in timm.</summary>
internal static class SigLipInOpenClip
{
    private readonly record struct Size(int Patch, int Width, int Layers, int Heads, int PerceptronWidth, Activation Activation);

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

    public static SigLipVisionConfig? TryRead(ConfigSection vision, string name, ImageSize resolution)
    {
        if (!Towers.TryGetValue(name, out var size))
            return null;
        if (vision.Text("timm_pool") is not "map")
            throw vision.Error("timm_pool", "SigLIP's towers pool by attention, 'map'");
        if (vision.Text("timm_proj") is not "none")
            throw vision.Error("timm_proj", "SigLIP's image features are not projected, 'none'");
        vision.RequireOff("patch_dropout");

        return new SigLipVisionConfig
        {
            Resolution = resolution,
            PatchSize = size.Patch,
            Transformer = new TransformerConfig
            {
                Width = size.Width,
                Layers = size.Layers,
                Heads = size.Heads,
                PerceptronWidth = size.PerceptronWidth,
                Activation = size.Activation,
                NormEpsilon = 1e-6,
            },
        };
    }

    /// <summary>Writes a tower by the name of the timm model that has its sizes.</summary>
    /// <exception cref="ArgumentException">There is no such timm model.</exception>
    public static JsonObject Write(SigLipVisionConfig image)
    {
        var transformer = image.Transformer;
        var size = new Size(
            image.PatchSize, transformer.Width, transformer.Layers, transformer.Heads, transformer.PerceptronWidth, transformer.Activation);
        var name = Towers.Where(tower => tower.Value == size && tower.Key.EndsWith($"_{image.Resolution.Height}", StringComparison.Ordinal))
            .Select(tower => tower.Key)
            .FirstOrDefault();
        if (name is null || image.Resolution.Height != image.Resolution.Width || transformer.NormEpsilon != 1e-6 || transformer.LayerScale is not null)
            throw Inexpressible.InOpenClip("Image", $"a SigLIP tower of these sizes at {image.Resolution}, since timm has none");

        return new JsonObject
        {
            ["image_size"] = image.Resolution.Height,
            ["timm_model_name"] = name,
            ["timm_model_pretrained"] = false,
            ["timm_pool"] = "map",
            ["timm_proj"] = "none",
        };
    }
}
