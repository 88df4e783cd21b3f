using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ViTamins by the names that timm gives them: a size, and the resolution behind it.</summary>
internal static class ViTaminInTimm
{
    private const string Convolutions = "embed_cfg";

    private readonly record struct Sizes(
        int Stem, ValueList<int> StageWidths, ValueList<int> StageBlocks, int Width, int Layers, int Heads, bool HasPositions = true);

    private static readonly Sizes Small = new(64, [64, 128], [2, 4], 384, 14, 6);
    private static readonly Sizes Base = new(128, [128, 256], [2, 4], 768, 14, 12);
    private static readonly Sizes Large = new(160, [160, 320], [2, 4], 1024, 31, 16);
    private static readonly Sizes ExtraLarge = new(192, [192, 384], [2, 4], 1152, 32, 16, HasPositions: false);

    // timm, vitamin.py.
    private static readonly Dictionary<string, (Sizes Sizes, int Resolution)> Towers = new()
    {
        ["vitamin_small_224"] = (Small, 224),
        ["vitamin_base_224"] = (Base, 224),
        ["vitamin_large_224"] = (Large, 224),
        ["vitamin_large_256"] = (Large, 256),
        ["vitamin_large_336"] = (Large, 336),
        ["vitamin_large_384"] = (Large, 384),
        ["vitamin_large2_224"] = (Large, 224),
        ["vitamin_large2_256"] = (Large, 256),
        ["vitamin_large2_336"] = (Large, 336),
        ["vitamin_large2_384"] = (Large, 384),
        ["vitamin_xlarge_256"] = (ExtraLarge, 256),
        ["vitamin_xlarge_336"] = (ExtraLarge, 336),
        ["vitamin_xlarge_384"] = (ExtraLarge, 384),
    };

    public static ViTaminConfig? TryRead(TimmSettings settings)
    {
        if (!Towers.TryGetValue(settings.Name, out var tower))
            return null;
        settings.RequireMean();
        var sizes = tower.Sizes;
        var width = settings.Integer("embed_dim", sizes.Width);
        var (stem, widths, blocks) = (sizes.Stem, sizes.StageWidths, sizes.StageBlocks);
        if (settings.Sizes?.Section(Convolutions) is { } convolutions)
        {
            stem = convolutions.Integer("stem_width", stem);
            widths = FirstTwo(convolutions, "embed_dim", width) ?? widths;
            blocks = FirstTwo(convolutions, "depths", last: 1) ?? blocks;
            convolutions.RefuseUnknown();
        }
        return new ViTaminConfig
        {
            Resolution = settings.Resolution,
            Head = settings.Head,
            StemWidth = stem,
            StageWidths = widths,
            StageBlocks = blocks,
            Width = width,
            Layers = settings.Integer("depth", sizes.Layers),
            Heads = settings.Integer("num_heads", sizes.Heads),
            HasPositions = sizes.HasPositions,
        };
    }

    /// <summary>Writes a tower by the name of the timm model that has its sizes, or with its own sizes.</summary>
    public static JsonObject Write(ViTaminConfig config)
    {
        var wanted = new Sizes(
            config.StemWidth, config.StageWidths, config.StageBlocks, config.Width, config.Layers, config.Heads, config.HasPositions);
        var (height, width) = config.Resolution;
        var named = Towers.Where(tower => tower.Value.Sizes == wanted).ToArray();
        var name = named.FirstOrDefault(tower => config.Resolution == tower.Value.Resolution, named.FirstOrDefault()).Key;
        var kwargs = new JsonObject();
        if (name is null)
        {
            name = config.HasPositions ? "vitamin_base_224" : "vitamin_xlarge_256";
            kwargs["embed_dim"] = config.Width;
            kwargs["depth"] = config.Layers;
            kwargs["num_heads"] = config.Heads;
            kwargs[Convolutions] = new JsonObject
            {
                ["embed_dim"] = new JsonArray(config.StageWidths[0], config.StageWidths[1], config.Width),
                ["depths"] = new JsonArray(config.StageBlocks[0], config.StageBlocks[1], 1),
                ["stem_width"] = config.StemWidth,
            };
        }
        if (config.Resolution != Towers[name].Resolution)
            kwargs["img_size"] = height == width ? height : new JsonArray(height, width);
        return TimmVision.Write(config, name, pool: "avg", kwargs);
    }

    // The third is the transformer's.
    private static ValueList<int>? FirstTwo(ConfigSection section, string name, int last)
    {
        if (section.IntegerOrList(name) is not { } list)
            return null;
        return list is [var first, var second, var third] && third == last
            ? [first, second]
            : throw section.Error(name, $"it must be three numbers, of which the last is {last}");
    }
}
