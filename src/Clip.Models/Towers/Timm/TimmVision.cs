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
    public static JsonObject Write(TimmTowerConfig config, string name, string pool, JsonObject sizes)
    {
        var (height, width) = config.Resolution;
        var vision = new JsonObject
        {
            ["image_size"] = height == width ? height : new JsonArray(height, width),
            ["timm_model_name"] = name,
            ["timm_model_pretrained"] = false,
            ["timm_pool"] = pool,
            ["timm_proj"] = config.Head.Projection switch
            {
                TimmProjection.Classifier => null,
                TimmProjection.None => "none",
                TimmProjection.Linear => "linear",
                _ => "mlp",
            },
        };
        if (config.Head.Bias && config.Head.Projection is not TimmProjection.Classifier)
            vision["timm_proj_bias"] = true;
        if (sizes.Count > 0)
            vision["timm_model_kwargs"] = sizes;
        return vision;
    }
}
