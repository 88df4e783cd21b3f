namespace Clip.Hub;

/// <summary>Reads which repository a path in a Hub's cache belongs to.</summary>
internal static class HubCachePath
{
    private const string Prefix = "models--";
    private const string Snapshots = "snapshots";

    /// <summary>The repository of a path such as <c>models--org--name/snapshots/{commit}</c>, or of a file in it; null for any other path.</summary>
    /// <param name="path">A folder or a file.</param>
    public static string? TryReadRepository(string path)
    {
        for (var folder = new DirectoryInfo(path); folder.Parent is { } parent; folder = parent)
        {
            if (folder.Name == Snapshots && parent.Name.StartsWith(Prefix, StringComparison.Ordinal))
                return parent.Name[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal);
        }
        return null;
    }
}
