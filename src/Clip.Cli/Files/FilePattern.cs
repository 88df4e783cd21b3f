using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace Clip.Cli.Files;

/// <summary>Names of files with '*' in them; '**' stands for folders of any depth.</summary>
internal static class FilePattern
{
    /// <summary>Whether a name is a pattern.</summary>
    public static bool IsPattern(string name) => name.Contains('*');

    /// <summary>The files that a pattern stands for, in the ordinal order of their paths.</summary>
    /// <param name="pattern">The pattern, relative to the current folder or absolute.</param>
    public static IEnumerable<string> Match(string pattern)
    {
        var normal = OperatingSystem.IsWindows() ? pattern.Replace('\\', '/') : pattern;
        var split = normal.LastIndexOf('/', normal.IndexOf('*', StringComparison.Ordinal));
        var (folder, rest) = split < 0 ? ("", normal) : (normal[..(split + 1)], normal[(split + 1)..]);
        var root = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(root))
            return [];
        var matches = new Matcher(StringComparison.Ordinal).AddInclude(rest).Execute(new DirectoryInfoWrapper(new DirectoryInfo(root)));
        return matches.Files.Select(file => file.Path).Order(StringComparer.Ordinal).Select(path => folder + path);
    }
}
