using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace Clip.Cli.Files;

/// <summary>Pictures named on the command line: files, folders, patterns.</summary>
/// <remarks>
/// A file is taken whatever its name. Of folders and patterns only files with a picture's extension are taken, in the ordinal order of their
/// paths with '/' between folders; links to folders are not followed, because they may lead in circles.
/// </remarks>
internal static class ImageInputs
{
    /// <summary>What the names of pictures end with.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".dib"];

    /// <summary>Whether a name ends as a picture's does.</summary>
    public static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Requires that at least one argument names something, before a model is loaded for nothing.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="FailureException">None does.</exception>
    public static void RequireAny(IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0 && !arguments.Any(argument => IsPattern(argument) || File.Exists(argument) || Directory.Exists(argument)))
            throw new FailureException($"There is no file or folder '{arguments[0]}'{(arguments.Count > 1 ? ", nor any other that is named" : "")}.");
        if (arguments.Count > 0 && !Expand(arguments).Any())
            throw new FailureException($"There are no pictures ({string.Join(", ", Extensions)}) in '{arguments[0]}'{(arguments.Count > 1 ? " and the other folders" : "")}.");
    }

    /// <summary>The pictures, one after another; only the names of one folder after another are in memory.</summary>
    /// <param name="arguments">Files, folders and patterns with '*', in the order of the result.</param>
    public static IEnumerable<string> Expand(IEnumerable<string> arguments) => arguments.SelectMany(Expand);

    /// <summary>The pictures below a folder, by their paths relative to it with '/'.</summary>
    public static IEnumerable<string> Below(string folder) => Walk(new DirectoryInfo(folder), "");

    private static IEnumerable<string> Expand(string argument)
    {
        if (Directory.Exists(argument))
            return Below(argument).Select(relative => Join(argument, relative));
        return !File.Exists(argument) && IsPattern(argument) ? Match(argument) : [argument];
    }

    private static bool IsPattern(string argument) => argument.Contains('*');

    private static string Join(string folder, string relative) =>
        folder.EndsWith('/') || folder.EndsWith(Path.DirectorySeparatorChar) ? folder + relative : $"{folder}/{relative}";

    private static IEnumerable<string> Walk(DirectoryInfo folder, string prefix)
    {
        // "a.jpg" comes before "a/b.jpg": a folder sorts with the separator behind its name, as whole paths do.
        var entries = folder.EnumerateFileSystemInfos()
            .Where(entry => entry is DirectoryInfo ? entry.LinkTarget is null : IsPicture(entry.Name))
            .Select(entry => (Key: entry is DirectoryInfo ? entry.Name + "/" : entry.Name, Entry: entry))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal);
        foreach (var (key, entry) in entries)
        {
            if (entry is not DirectoryInfo below)
                yield return prefix + key;
            else
                foreach (var path in Walk(below, prefix + key))
                    yield return path;
        }
    }

    private static IEnumerable<string> Match(string pattern)
    {
        var normal = OperatingSystem.IsWindows() ? pattern.Replace('\\', '/') : pattern;
        var split = normal.LastIndexOf('/', normal.IndexOf('*', StringComparison.Ordinal));
        var (folder, rest) = split < 0 ? ("", normal) : (normal[..(split + 1)], normal[(split + 1)..]);
        var root = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(root))
            return [];
        var matches = new Matcher(StringComparison.Ordinal).AddInclude(rest).Execute(new DirectoryInfoWrapper(new DirectoryInfo(root)));
        return matches.Files.Select(file => file.Path).Where(IsPicture).Order(StringComparer.Ordinal).Select(path => folder + path);
    }
}
