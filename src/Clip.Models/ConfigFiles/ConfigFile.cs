using System.Text.Json;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Reads the config files that lie beside published weights: open_clip's and the Hugging Face Hub's.</summary>
internal static class ConfigFile
{
    public static DualEncoderConfig Read(string path, bool ignoreUnknown)
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
            var root = new ConfigSection(path, "", document.RootElement);
            var config = root.Has("model_type") ? HuggingFaceConfig.Read(root, ignoreUnknown)
                : root.Has("model_cfg") || root.Has("vision_cfg") || root.Has("embed_dim") ? OpenClipConfig.Read(root, ignoreUnknown)
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
}
