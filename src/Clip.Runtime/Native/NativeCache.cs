namespace Clip.Runtime.Native;

/// <summary>Native libraries that were adapted to this machine, kept per user and content.</summary>
/// <remarks>
/// Several processes may store the same file at once: each writes a file of its own and renames it, and a file that is
/// already there is compared before it is trusted.
/// </remarks>
internal static class NativeCache
{
    private const UnixFileMode OnlyTheUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Stores a file and returns its path; falls back to a private temporary folder where there is no cache.</summary>
    /// <param name="key">What tells this content from others, such as a hash.</param>
    /// <param name="fileName">Name of the file.</param>
    /// <param name="content">The file's bytes.</param>
    public static string Store(string key, string fileName, byte[] content)
    {
        if (CacheFolder() is { } cache)
        {
            try
            {
                var folder = Path.Combine(cache, key);
                CreateFolder(folder);
                return StoreIn(folder, fileName, content);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A read-only or full home folder, as in many containers.
            }
        }
        return StoreIn(Directory.CreateTempSubdirectory("clip-native-").FullName, fileName, content);
    }

    private static string? CacheFolder()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(root) || !Path.IsPathRooted(root))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            root = string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache");
        }
        return root is null ? null : Path.Combine(root, "clip-dotnet", "native");
    }

    private static string StoreIn(string folder, string fileName, byte[] content)
    {
        var path = Path.Combine(folder, fileName);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            return path;

        var temporary = Path.Combine(folder, $"{fileName}.{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllBytes(temporary, content);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, OnlyTheUser);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        return path;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OnlyTheUser);
    }
}
