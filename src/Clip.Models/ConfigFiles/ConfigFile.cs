using System.Text.Json;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Reads the config files that lie beside published weights: open_clip's and the Hugging Face Hub's.</summary>
internal static class ConfigFile
{
    public static DualEncoderConfig Read(string path, bool ignoreUnknown) => Read(path, root =>
    {
        var config = root.Has("model_type") ? HuggingFaceConfig.Read(root, ignoreUnknown) : ReadOpenClip(path, root, ignoreUnknown);
        config.Validate();
        return config;
    });

    /// <summary>Reads the config of a model or of a tower alone.</summary>
    public static ModelParts ReadParts(string path, bool ignoreUnknown) => Read(path, root =>
    {
        var parts = root.Has("model_type") ? HuggingFaceConfig.ReadParts(root, ignoreUnknown) : ModelParts.Of(ReadOpenClip(path, root, ignoreUnknown));
        parts.Validate();
        return parts;
    });

    private static DualEncoderConfig ReadOpenClip(string path, ConfigSection root, bool ignoreUnknown) =>
        root.Has("model_cfg") || root.Has("vision_cfg") ? OpenClipConfig.Read(root, ignoreUnknown)
        : throw new CheckpointException(path, "is neither open_clip's config (model_cfg or vision_cfg) nor a Hugging Face one (model_type).");

    private static T Read<T>(string path, Func<ConfigSection, T> read)
    {
        using var document = StrictJsonFile.Read(path, (problem, cause) => new CheckpointException(path, problem, cause));
        return Read(document, path, ignoreUnknown);
    }

    public static DualEncoderConfig Parse(ReadOnlyMemory<byte> json, string name, bool ignoreUnknown)
    {
        using var document = StrictJsonFile.Parse(json, (problem, cause) => new CheckpointException(name, problem, cause));
        return Read(document, name, ignoreUnknown);
    }

    private static DualEncoderConfig Read(JsonDocument document, string path, bool ignoreUnknown)
    {
        try
        {
            return read(new ConfigSection(path, "", document.RootElement));
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
}
