using System.Text.Json;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Reads the config files that lie beside published weights: open_clip's and the Hugging Face Hub's.</summary>
internal static class ConfigFile
{
    /// <summary>Reads the config of a model.</summary>
    public static DualEncoderConfig Read(string path, bool ignoreUnknown)
    {
        using var document = Open(path);
        return Read(document, path, root => ReadWhole(root, path, ignoreUnknown));
    }

    /// <summary>Reads what <see cref="Read(string, bool)"/> reads from memory.</summary>
    public static DualEncoderConfig Parse(ReadOnlyMemory<byte> json, string name, bool ignoreUnknown)
    {
        using var document = StrictJsonFile.Parse(json, (problem, cause) => new CheckpointException(name, problem, cause));
        return Read(document, name, root => ReadWhole(root, name, ignoreUnknown));
    }

    /// <summary>Reads the config of a model or of a tower alone.</summary>
    public static ModelParts ReadParts(string path, bool ignoreUnknown)
    {
        using var document = Open(path);
        return Read(document, path, root =>
        {
            var parts = root.Has("model_type") ? HuggingFaceConfig.ReadParts(root, ignoreUnknown) : ModelParts.Of(ReadDualEncoder(root, path, ignoreUnknown));
            parts.Validate();
            return parts;
        });
    }

    private static JsonDocument Open(string path) => StrictJsonFile.Read(path, (problem, cause) => new CheckpointException(path, problem, cause));

    private static DualEncoderConfig ReadWhole(ConfigSection root, string path, bool ignoreUnknown)
    {
        var config = root.Has("model_type") ? HuggingFaceConfig.Read(root, ignoreUnknown) : ReadDualEncoder(root, path, ignoreUnknown);
        config.Validate();
        return config;
    }

    private static DualEncoderConfig ReadDualEncoder(ConfigSection root, string path, bool ignoreUnknown) =>
        root.Has("image_cfg") ? AppleConfig.Read(root, ignoreUnknown)
        : root.Has("model_cfg") || root.Has("vision_cfg") || root.Has("embed_dim") ? OpenClipConfig.Read(root, ignoreUnknown)
        : throw new CheckpointException(
            path, "is neither open_clip's config (model_cfg or vision_cfg), nor a Hugging Face one (model_type), nor Apple's for MobileCLIP (image_cfg).");

    private static T Read<T>(JsonDocument document, string path, Func<ConfigSection, T> read)
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
