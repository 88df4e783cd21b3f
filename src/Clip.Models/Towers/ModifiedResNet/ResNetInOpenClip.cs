using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>A ResNet tower in vision_cfg of open_clip's configs.</summary>
internal static class ResNetInOpenClip
{
    public static ModifiedResNetConfig Read(ConfigSection vision, ImageSize resolution, IReadOnlyList<int> blocks)
    {
        var width = vision.Integer("width", 768);
        vision.Ignore("patch_size", "mlp_ratio");
        return new ModifiedResNetConfig
        {
            Resolution = resolution,
            Blocks = [.. blocks],
            Width = width,
            Heads = OpenClipTransformer.Divide(vision, 32 * width, "head_width"),
        };
    }

    public static JsonObject Write(ModifiedResNetConfig resNet) => new()
    {
        ["image_size"] = resNet.Resolution.Height,
        ["layers"] = new JsonArray([.. resNet.Blocks.Select(count => JsonValue.Create(count))]),
        ["width"] = resNet.Width,
        ["head_width"] = resNet.FeatureSize / resNet.Heads,
    };
}
