using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Writes vision_cfg of open_clip's config for a tower of timm.</summary>
internal static class TimmVision
{
    /// <summary>Writes what all such towers have in common.</summary>
    /// <param name="config">The tower.</param>
    /// <param name="name">timm's name of the network.</param>
    /// <param name="pool">timm's global_pool; "" for the network's own.</param>
    /// <param name="sizes">Sizes that replace those of the name; empty where there are none.</param>
    public static JsonObject Write(TimmTowerConfig config, string name, string pool, JsonObject sizes) =>
        Write(config.Resolution, config.Head, name, pool, sizes);

    /// <summary>The same for towers of another kind that timm has too.</summary>
    public static JsonObject Write(ImageSize resolution, TimmHeadConfig head, string name, string pool, JsonObject sizes)
    {
        var (height, width) = resolution;
        var vision = new JsonObject
        {
            ["image_size"] = height == width ? height : new JsonArray(height, width),
            ["timm_model_name"] = name,
            ["timm_model_pretrained"] = false,
            ["timm_pool"] = pool,
            ["timm_proj"] = head.Projection switch
            {
                TimmProjection.Classifier => null,
                TimmProjection.None => "none",
                TimmProjection.Linear => "linear",
                _ => "mlp",
            },
        };
        if (head.Bias && head.Projection is not TimmProjection.Classifier)
            vision["timm_proj_bias"] = true;
        if (sizes.Count > 0)
            vision["timm_model_kwargs"] = sizes;
        return vision;
    }
}
