using System.Text.Json;
using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Reads the config files that lie beside published weights: open_clip's and the Hugging Face Hub's.</summary>
internal static class ConfigFile
{
    // The longest published one has some 6 kB.
    private const long MostBytes = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    public static DualEncoderConfig Read(string path, bool ignoreUnknown)
    {
        using var document = Parse(path);
        var root = new ConfigSection(path, "", document.RootElement);
        try
        {
            var config = root.Has("model_type") ? HuggingFaceConfig.Read(root, ignoreUnknown)
                : root.Has("model_cfg") || root.Has("vision_cfg") ? OpenClipConfig.Read(root, ignoreUnknown)
                : throw new CheckpointException(path, "it is neither open_clip's config (model_cfg or vision_cfg) nor a Hugging Face one (model_type).");
            config.Validate();
            return config;
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException(path, e.Message, e);
        }
    }

    private static JsonDocument Parse(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MostBytes)
            throw new CheckpointException(path, $"a config of {length} bytes is longer than any real one; at most {MostBytes} are read.");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), Strict);
        }
        catch (JsonException e)
        {
            throw new CheckpointException(path, $"it is not valid JSON: {e.Message}", e);
        }
    }
}
