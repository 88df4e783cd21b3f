using Clip.Checkpoints;

namespace Clip.Models.Tests.Towers.Timm;

/// <summary>Configs of towers of timm that must be refused.</summary>
internal static class HostileTimmConfig
{
    /// <summary>A config of open_clip.</summary>
    public static string Text(string name, string pool, string sizes, int resolution = 224) => $$"""
        {
          "embed_dim": 512,
          "vision_cfg": {
            "image_size": {{resolution}}, "timm_model_name": "{{name}}", "timm_pool": "{{pool}}", "timm_proj": "linear", "timm_model_kwargs": {{sizes}}
          },
          "text_cfg": { "context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12 }
        }
        """;

    /// <summary>Requires that reading the config names the file and the setting.</summary>
    public static void RequireRefused(TemporaryFolder folder, string setting, string name, string pool, string sizes)
    {
        var file = folder.File("config.json");
        File.WriteAllText(file, Text(name, pool, sizes));

        var exception = Assert.Throws<CheckpointException>(() => DualEncoderConfig.Read(file));

        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
    }
}
