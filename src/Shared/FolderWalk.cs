namespace Clip.Shared;

/// <summary>The files below a folder. Links to folders are not followed, because they may lead in circles.</summary>
internal static class FolderWalk
{
    /// <summary>The files below a folder by their paths relative to it with '/', in the ordinal order of these; one folder's names are in memory at a time.</summary>
    /// <param name="folder">The folder, which may itself be a link.</param>
    /// <param name="unreadable">Told about a folder that cannot be read; the others are.</param>
    public static IEnumerable<string> Files(string folder, Action<string, Exception> unreadable) => Files(folder, unreadable, Read);

    /// <summary>The same, with another way to read one folder.</summary>
    internal static IEnumerable<string> Files(string folder, Action<string, Exception> unreadable, Func<string, IEnumerable<FileSystemInfo>> read) =>
        Walk(folder, "", unreadable, read);

    /// <summary>What is in a folder; nothing, and a word to the caller, where it cannot be read.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="unreadable">Told about it.</param>
    public static IReadOnlyList<FileSystemInfo> Entries(string folder, Action<string, Exception> unreadable) => Entries(folder, unreadable, Read);

    private static List<FileSystemInfo> Entries(string folder, Action<string, Exception> unreadable, Func<string, IEnumerable<FileSystemInfo>> read)
    {
        try
        {
            return [.. read(folder)];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            unreadable(folder, e);
            return [];
        }
    }

    private static IEnumerable<FileSystemInfo> Read(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos();

    private static IEnumerable<string> Walk(
        string folder, string prefix, Action<string, Exception> unreadable, Func<string, IEnumerable<FileSystemInfo>> read)
    {
        // "a.jpg" comes before "a/b.jpg": a folder sorts with the separator behind its name, as whole paths do.
        var entries = Entries(folder, unreadable, read)
            .Where(entry => entry is not DirectoryInfo || entry.LinkTarget is null)
            .Select(entry => (Key: entry is DirectoryInfo ? entry.Name + "/" : entry.Name, Entry: entry))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal);
        foreach (var (key, entry) in entries)
        {
            if (entry is not DirectoryInfo)
                yield return prefix + key;
            else
                foreach (var path in Walk(Path.Combine(folder, entry.Name), prefix + key, unreadable, read))
                    yield return path;
        }
    }
}
