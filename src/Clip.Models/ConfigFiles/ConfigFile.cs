using System.Text.Json;
using System.Text.Unicode;
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
        try
        {
            var root = new ConfigSection(path, "", document.RootElement);
            var config = root.Has("model_type") ? HuggingFaceConfig.Read(root, ignoreUnknown)
                : root.Has("model_cfg") || root.Has("vision_cfg") ? OpenClipConfig.Read(root, ignoreUnknown)
                : throw new CheckpointException(path, "is neither open_clip's config (model_cfg or vision_cfg) nor a Hugging Face one (model_type).");
            config.Validate();
            return config;
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException(path, $"is wrong: {ConfigCheck.Describe(e)}", e);
        }
        catch (InvalidOperationException e)
        {
            // Only escapes can still say something that is no text: half of a surrogate pair.
            throw new CheckpointException(path, $"has a string that is not valid Unicode: {e.Message}", e);
        }
    }

    private static JsonDocument Parse(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MostBytes)
            throw new CheckpointException(path, $"has {length} bytes, more than any real config; at most {MostBytes} are read.");
        var bytes = File.ReadAllBytes(path);
        if (!Utf8.IsValid(bytes))
            throw new CheckpointException(path, "is not UTF-8 text.");
        try
        {
            return JsonDocument.Parse(bytes, Strict);
        }
        catch (JsonException e)
        {
            throw new CheckpointException(path, $"is not valid JSON: {e.Message}", e);
        }
    }
}
