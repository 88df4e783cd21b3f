using System.Runtime.InteropServices;
using System.Text.Json;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

public class OpenClipTests
{
    [Fact]
    public void Preprocess_RecordedConfigs_EqualsOpenClip()
    {
        foreach (var recorded in Golden.Index("open_clip_index.json").EnumerateArray())
        {
            var preprocessor = new ImagePreprocessor(ReadConfig(recorded));
            var pixels = new float[preprocessor.Length];
            preprocessor.Preprocess(Golden.ImagePath(recorded.GetProperty("image").GetString()!), pixels);
            Assert.True(
                Golden.Sha256(MemoryMarshal.AsBytes<float>(pixels)) == recorded.GetProperty("f32_le_chw_sha256").GetString(),
                recorded.ToString());
        }
    }

    // The recording's own names for the settings are those of preprocess_cfg.
    private static PreprocessingConfig ReadConfig(JsonElement recorded)
    {
        var settings = new Dictionary<string, JsonElement> { ["size"] = recorded.GetProperty("image_size") };
        foreach (var name in (string[])["resize_mode", "interpolation", "mean", "std", "fill_color"])
            settings[name] = recorded.GetProperty(name);
        return PreprocessingConfig.Parse(JsonSerializer.SerializeToUtf8Bytes(settings));
    }
}
