using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Swin Transformers by the names that timm gives them.</summary>
internal static class SwinInTimm
{
    private const int Patch = 4;

    private sealed record Network(string Name, int Resolution, int Width, ValueList<int> Blocks, ValueList<int> Heads, int Window);

    // timm, swin_transformer.py.
    private static readonly Network[] Networks =
    [
        new("swin_base_patch4_window7_224", 224, 128, [2, 2, 18, 2], [4, 8, 16, 32], 7),
        new("swin_tiny_patch4_window7_224", 224, 96, [2, 2, 6, 2], [3, 6, 12, 24], 7),
        new("swin_small_patch4_window7_224", 224, 96, [2, 2, 18, 2], [3, 6, 12, 24], 7),
        new("swin_base_patch4_window12_384", 384, 128, [2, 2, 18, 2], [4, 8, 16, 32], 12),
        new("swin_large_patch4_window7_224", 224, 192, [2, 2, 18, 2], [6, 12, 24, 48], 7),
        new("swin_large_patch4_window12_384", 384, 192, [2, 2, 18, 2], [6, 12, 24, 48], 12),
    ];

    public static SwinConfig? TryRead(TimmSettings settings)
    {
        if (Networks.FirstOrDefault(network => network.Name == settings.Name) is not { } network)
            return null;
        settings.RequireMean();
        return new SwinConfig
        {
            Resolution = settings.Resolution,
            Head = settings.Head,
            PatchSize = settings.Integer("patch_size", Patch),
            Width = settings.Integer("embed_dim", network.Width),
            Blocks = [.. settings.Integers("depths", network.Blocks)],
            Heads = [.. settings.Integers("num_heads", network.Heads)],
            Window = settings.Integer("window_size", network.Window),
        };
    }

    /// <summary>Writes a tower by the name of the timm model that is nearest to it, with what differs in size.</summary>
    public static JsonObject Write(SwinConfig config)
    {
        var network = Networks
            .OrderByDescending(network => (network.Width, network.Blocks, network.Heads) == (config.Width, config.Blocks, config.Heads))
            .ThenByDescending(network => network.Window == config.Window)
            .ThenByDescending(network => config.Resolution == network.Resolution)
            .First();
        var sizes = new TimmSizes()
            .Resolution(config.Resolution, network.Resolution)
            .Add("patch_size", config.PatchSize, Patch)
            .Add("embed_dim", config.Width, network.Width)
            .Add("depths", config.Blocks, network.Blocks)
            .Add("num_heads", config.Heads, network.Heads)
            .Add("window_size", config.Window, network.Window);
        return TimmVision.Write(config, network.Name, "avg", sizes.Settings);
    }
}
