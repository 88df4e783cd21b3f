using System.Text.Json;
using System.Text.Json.Nodes;
using Clip.Models;
using Clip.Preprocessing;

namespace Training.Shared;

/// <summary>A model's files in open_clip's layout, but for the vocabulary.</summary>
public static class ModelFiles
{
    private const string ConfigName = "open_clip_config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes weights in half precision and the config, with preprocessing that resizes the shortest side by bicubic interpolation.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="network">The model.</param>
    /// <param name="preprocessing">What its image tower expects.</param>
    public static void Write(string folder, DualEncoder network, PreprocessingConfig preprocessing)
    {
        network.Export(folder, WeightLayout.Native, ScalarType.Float16);
        var file = Path.Combine(folder, ConfigName);
        var config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config["preprocess_cfg"] = new JsonObject
        {
            ["size"] = preprocessing.Resolution.Height,
            ["mean"] = Channels(preprocessing.Mean),
            ["std"] = Channels(preprocessing.Deviation),
            ["interpolation"] = "bicubic",
            ["resize_mode"] = "shortest",
        };
        File.WriteAllText(file, config.ToJsonString(Indented));
    }

    private static JsonArray Channels(ChannelValues values) => new(values.Red, values.Green, values.Blue);
}
