using Clip.Shared;

namespace Clip.Cli.Files;

/// <summary>Images named on the command line: files, folders, patterns.</summary>
/// <remarks>
/// A file is taken whatever its name. Of folders and patterns only files with an image's extension are taken, in the ordinal order of their
/// paths with '/' between folders; links to folders are not followed, because they may lead in circles.
/// </remarks>
internal static class ImageInputs
{
    /// <summary>What the names of images end with.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".dib"];

    /// <summary>Whether a name ends as an image's does.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Requires that at least one argument names something, before a model is loaded for nothing.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="unreadable">Told about a folder that cannot be read.</param>
    /// <exception cref="FailureException">None does.</exception>
    public static void RequireAny(IReadOnlyList<string> arguments, Action<string, Exception> unreadable)
    {
        if (arguments.Count > 0 && !arguments.Any(argument => FilePattern.IsPattern(argument) || File.Exists(argument) || Directory.Exists(argument)))
            throw new FailureException($"There is no file or folder '{arguments[0]}'{(arguments.Count > 1 ? ", nor any other that is named" : "")}.");
        if (arguments.Count > 0 && !Expand(arguments, unreadable).Any())
            throw new FailureException($"There are no images ({string.Join(", ", Extensions)}) in '{arguments[0]}'{(arguments.Count > 1 ? " and the other folders" : "")}.");
    }

    /// <summary>The images, one after another; only the names of one folder after another are in memory.</summary>
    /// <param name="arguments">Files, folders and patterns with '*', in the order of the result.</param>
    /// <param name="unreadable">Told about a folder that cannot be read; the others are.</param>
    public static IEnumerable<string> Expand(IEnumerable<string> arguments, Action<string, Exception> unreadable) =>
        arguments.SelectMany(argument => Expand(argument, unreadable));

    /// <summary>The images below a folder, by their paths relative to it with '/'.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="unreadable">Told about a folder that cannot be read; the others are.</param>
    public static IEnumerable<string> Below(string folder, Action<string, Exception> unreadable) => FolderWalk.Files(folder, unreadable).Where(IsImage);

    private static IEnumerable<string> Expand(string argument, Action<string, Exception> unreadable)
    {
        if (Directory.Exists(argument))
            return Below(argument, unreadable).Select(relative => Join(argument, relative));
        return !File.Exists(argument) && FilePattern.IsPattern(argument) ? FilePattern.Match(argument, unreadable).Where(IsImage) : [argument];
    }

    private static string Join(string folder, string relative) =>
        folder.EndsWith('/') || folder.EndsWith(Path.DirectorySeparatorChar) ? folder + relative : $"{folder}/{relative}";
}
