using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ConvNeXts by the names that timm gives them.</summary>
internal static class ConvNextInTimm
{
    private const double UsualEpsilon = 1e-6, LargestEpsilon = 1e-5, UsualScale = 1e-6;

    private readonly record struct Sizes(ValueList<int> Blocks, ValueList<int> Widths, double NormEpsilon = UsualEpsilon, bool IsSecond = false);

    // timm, convnext.py.
    private static readonly Dictionary<string, Sizes> Towers = new()
    {
        ["convnext_tiny"] = new([3, 3, 9, 3], [96, 192, 384, 768]),
        ["convnext_small"] = new([3, 3, 27, 3], [96, 192, 384, 768]),
        ["convnext_base"] = new([3, 3, 27, 3], [128, 256, 512, 1024]),
        ["convnext_large"] = new([3, 3, 27, 3], [192, 384, 768, 1536]),
        ["convnext_xlarge"] = new([3, 3, 27, 3], [256, 512, 1024, 2048]),
        ["convnext_xxlarge"] = new([3, 4, 30, 3], [384, 768, 1536, 3072], LargestEpsilon),
        ["convnextv2_nano"] = new([2, 2, 8, 2], [80, 160, 320, 640], IsSecond: true),
        ["convnextv2_tiny"] = new([3, 3, 9, 3], [96, 192, 384, 768], IsSecond: true),
        ["convnextv2_base"] = new([3, 3, 27, 3], [128, 256, 512, 1024], IsSecond: true),
        ["convnextv2_large"] = new([3, 3, 27, 3], [192, 384, 768, 1536], IsSecond: true),
        ["convnextv2_huge"] = new([3, 3, 27, 3], [352, 704, 1408, 2816], IsSecond: true),
    };

    public static ConvNextConfig? TryRead(TimmSettings settings)
    {
        if (!Towers.TryGetValue(settings.Name, out var sizes))
            return null;
        settings.RequireMean();
        return new ConvNextConfig
        {
            Resolution = settings.Resolution,
            Head = settings.Head,
            Blocks = [.. settings.Integers("depths", sizes.Blocks)],
            Widths = [.. settings.Integers("dims", sizes.Widths)],
            NormEpsilon = settings.Sizes?.Number("norm_eps", sizes.NormEpsilon) ?? sizes.NormEpsilon,
            LayerScale = sizes.IsSecond ? null : settings.Sizes?.Number("ls_init_value", UsualScale) ?? UsualScale,
            ResponseNorm = sizes.IsSecond,
        };
    }

    /// <summary>Writes a tower by the name of the timm model that has its sizes, or with its own sizes.</summary>
    public static JsonObject Write(ConvNextConfig config)
    {
        if (config.ResponseNorm == config.LayerScale is not null)
            throw Inexpressible.InOpenClip("Image.LayerScale", "a ConvNeXt with both gains and response norms, or with neither, since timm has none");

        var wanted = new Sizes(config.Blocks, config.Widths, config.NormEpsilon, config.ResponseNorm);
        var kwargs = new JsonObject();
        var name = Towers.FirstOrDefault(tower => tower.Value == wanted).Key;
        if (name is null)
        {
            name = config.ResponseNorm ? "convnextv2_base" : config.NormEpsilon == LargestEpsilon ? "convnext_xxlarge" : "convnext_base";
            kwargs["depths"] = new JsonArray([.. config.Blocks.Select(blocks => JsonValue.Create(blocks))]);
            kwargs["dims"] = new JsonArray([.. config.Widths.Select(width => JsonValue.Create(width))]);
            if (config.NormEpsilon != Towers[name].NormEpsilon)
                kwargs["norm_eps"] = config.NormEpsilon;
        }
        if (config.LayerScale is { } scale && scale != UsualScale)
            kwargs["ls_init_value"] = scale;
        return TimmVision.Write(config, name, pool: "avg", kwargs);
    }
}
