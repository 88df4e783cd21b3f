namespace Clip.Models;

/// <summary>Says what a config file of some library has no words for.</summary>
internal static class Inexpressible
{
    public static ArgumentException InOpenClip(string path, object? value) =>
        new($"open_clip's config cannot express {path} = {value}.", path);

    public static ArgumentException InHuggingFace(string path, object? value) =>
        new($"Hugging Face's config cannot express {path} = {value ?? "null"}.", path);

    /// <summary>Requires what Hugging Face's config can express.</summary>
    public static void RequireHuggingFace(bool condition, string path, object? value)
    {
        if (!condition)
            throw InHuggingFace(path, value);
    }
}
