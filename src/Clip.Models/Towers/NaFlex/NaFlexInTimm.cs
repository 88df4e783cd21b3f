using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>NaFlex's image towers by the names under which open_clip's configs call them in timm.</summary>
internal static class NaFlexInTimm
{
    private const int Patch = 16;

    private readonly record struct Size(int Width, int Layers, int Heads, double MlpRatio);

    private static readonly ImageSize Grid = 16;

    // timm, naflexvit.py.
    private static readonly Dictionary<string, Size> Towers = new()
    {
        ["naflexvit_base_patch16_siglip"] = new(768, 12, 12, 4),
        ["naflexvit_so400m_patch16_siglip"] = new(1152, 27, 16, 3.7362),
    };

    public static NaFlexVisionConfig? TryRead(ConfigSection vision, ImageSize resolution)
    {
        if (TimmSettings.TryRead(vision, resolution) is not { } settings || !Towers.TryGetValue(settings.Name, out var size))
            return null;
        settings.RequirePool("map");
        if (settings.Head.Projection != TimmProjection.None)
            throw settings.Error("timm_proj", "SigLIP's image features are not projected, 'none'");
        vision.RequireOff("patch_dropout");

        var width = settings.Integer("embed_dim", size.Width);
        var patch = settings.Integer("patch_size", Patch);
        if (patch < 1)
            throw settings.Error("timm_model_kwargs.patch_size", $"patches of {patch} pixels are not possible");
        var config = new NaFlexVisionConfig
        {
            Resolution = resolution,
            PatchSize = patch,
            MaxPatches = vision.Integer("image_seq_len", (int)Math.Min(int.MaxValue, (long)(resolution.Height / patch) * (resolution.Width / patch))),
            PositionGrid = settings.Grid("pos_embed_grid_size", Grid),
            PositionInterpolation = PositionInterpolation.Bicubic,
            Transformer = settings.Transformer(width, size.Layers, size.Heads, size.MlpRatio, Activation.GeluTanh) with { NormEpsilon = 1e-6 },
        };
        settings.RefuseUnknown();
        return config;
    }

    /// <summary>Writes a tower by the name of the timm model that is nearest to it, with what differs in size.</summary>
    /// <exception cref="ArgumentException">There is no such timm model.</exception>
    public static JsonObject Write(NaFlexVisionConfig image)
    {
        var transformer = image.Transformer;
        if (transformer is not { Activation: Activation.GeluTanh, NormEpsilon: 1e-6, LayerScale: null })
            throw Inexpressible.InOpenClip("Image.Transformer", "a NaFlex tower with this activation, norm or layer scale, since timm has none");
        if (image.PositionInterpolation != PositionInterpolation.Bicubic)
            throw Inexpressible.InOpenClip("Image.PositionInterpolation", $"{image.PositionInterpolation}, since timm resizes positions bicubically");

        var (name, size) = Towers.OrderByDescending(tower => (tower.Value.Width, tower.Value.Layers) == (transformer.Width, transformer.Layers)).First();
        var sizes = new TimmSizes()
            .Add("patch_size", image.PatchSize, Patch)
            .Add("embed_dim", transformer.Width, size.Width)
            .Add("depth", transformer.Layers, size.Layers)
            .Add("num_heads", transformer.Heads, size.Heads)
            .Mlp(transformer.Width, transformer.MlpWidth, size.MlpRatio)
            .Grid("pos_embed_grid_size", image.PositionGrid, Grid);
        var vision = TimmVision.Write(image.Resolution, new TimmHeadConfig(TimmProjection.None), name, "map", sizes.Settings);
        vision["image_seq_len"] = image.MaxPatches;
        return vision;
    }
}
