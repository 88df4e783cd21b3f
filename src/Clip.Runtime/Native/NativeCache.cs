using System.Runtime.Versioning;

namespace Clip.Runtime.Native;

/// <summary>Native libraries that were adapted to this machine, kept per user and content.</summary>
/// <remarks>
/// Several processes may store the same file at once: each writes a file of its own and renames it, and a file that is
/// already there is compared before it is trusted.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class NativeCache
{
    private const UnixFileMode OnlyTheUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Stores a file, or finds the one that was stored before.</summary>
    /// <param name="key">What tells this content from others, such as a hash.</param>
    /// <param name="fileName">Name of the file.</param>
    /// <param name="content">The file's bytes.</param>
    /// <returns>The file's path, or null where the cache cannot be written.</returns>
    public static string? Store(string key, string fileName, byte[] content)
    {
        if (Root is not { } root)
            return null;

        try
        {
            var folder = Path.Combine(root, key);
            Directory.CreateDirectory(folder, OnlyTheUser);
            var path = Path.Combine(folder, fileName);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
                Replace(path, content);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The folder of the cache, by the rules of the XDG base directories; null for a user without a home.</summary>
    private static string? Root
    {
        get
        {
            var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(caches) || !Path.IsPathRooted(caches))
            {
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                caches = string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache");
            }
            return caches is null ? null : Path.Combine(caches, "clip-dotnet", "native");
        }
    }

    private static void Replace(string path, byte[] content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, content);
            File.SetUnixFileMode(temporary, OnlyTheUser);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
