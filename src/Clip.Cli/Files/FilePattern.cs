using System.IO.Enumeration;
using Clip.Shared;

namespace Clip.Cli.Files;

/// <summary>Names of files with '*' in them; '**' stands for folders of any depth.</summary>
/// <remarks>'*' finds links to folders as a shell does; '**' and what stands behind it do not follow them, because they may lead in circles.</remarks>
internal sealed class FilePattern
{
    private const string AnyDepth = "**";

    private readonly string[] _parts;
    private readonly Action<string, Exception> _unreadable;
    private readonly SortedSet<string> _found = new(StringComparer.Ordinal);
    private readonly HashSet<(string Folder, int Part)> _visited = [];

    private FilePattern(string[] parts, Action<string, Exception> unreadable)
    {
        _parts = parts;
        _unreadable = unreadable;
    }

    /// <summary>Whether a name is a pattern.</summary>
    public static bool IsPattern(string name) => name.Contains('*');

    /// <summary>The files that a pattern stands for, in the ordinal order of their paths.</summary>
    /// <param name="pattern">The pattern, relative to the current folder or absolute.</param>
    /// <param name="unreadable">Told about a folder that cannot be read; the others are.</param>
    public static IReadOnlyCollection<string> Match(string pattern, Action<string, Exception> unreadable)
    {
        var normal = OperatingSystem.IsWindows() ? pattern.Replace('\\', '/') : pattern;
        var split = normal.LastIndexOf('/', normal.IndexOf('*', StringComparison.Ordinal)) + 1;
        var search = new FilePattern(normal[split..].Split('/', StringSplitOptions.RemoveEmptyEntries), unreadable);
        if (split == 0 || Directory.Exists(normal[..split]))
            search.Visit(normal[..split], 0, followsLinks: true);
        return search._found;
    }

    // The folder is empty, for the current one, or ends in '/'.
    private void Visit(string folder, int part, bool followsLinks)
    {
        if (!_visited.Add((folder, part)))
            return;
        var name = _parts[part];
        var isLast = part == _parts.Length - 1;
        if (!IsPattern(name))
        {
            if (isLast && File.Exists(folder + name))
                _found.Add(folder + name);
            else if (!isLast && Directory.Exists(folder + name))
                Visit($"{folder}{name}/", part + 1, followsLinks);
            return;
        }

        var isAnyDepth = name == AnyDepth;
        followsLinks &= !isAnyDepth;
        if (isAnyDepth && !isLast)
            Visit(folder, part + 1, followsLinks);
        foreach (var entry in FolderWalk.Entries(folder.Length == 0 ? "." : Path.TrimEndingDirectorySeparator(folder), _unreadable))
        {
            if (!isAnyDepth && !IsMatch(name, entry.Name))
                continue;
            if (entry is not DirectoryInfo)
            {
                if (isLast)
                    _found.Add(folder + entry.Name);
            }
            else if ((isAnyDepth || !isLast) && (followsLinks || entry.LinkTarget is null))
            {
                Visit($"{folder}{entry.Name}/", isAnyDepth ? part : part + 1, followsLinks);
            }
        }
    }

    // Of the characters that mean something to .NET, only '*' does here.
    private static bool IsMatch(string pattern, string name) => FileSystemName.MatchesSimpleExpression(
        pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal), name, ignoreCase: false);
}
