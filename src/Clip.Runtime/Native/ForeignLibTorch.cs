using System.Text;

namespace Clip.Runtime.Native;

/// <summary>A libtorch that Linux's loader finds by name, such as that of Debian's python3-torch or of an activated Python environment.</summary>
/// <remarks>
/// To an application without a dependency file (scripts, notebooks) it comes before the package's own, and the package's own takes what it needs
/// from a folder in LD_LIBRARY_PATH before its own folder: ld.so(8).
/// </remarks>
internal static class ForeignLibTorch
{
    /// <summary>The files that are looked for: the two of libtorch that others need by name.</summary>
    private static readonly string[] FileNames = ["libtorch_cpu.so", "libc10.so"];

    /// <summary>The path of the one that the loader would take; null where it finds none.</summary>
    public static string? Find() => !OperatingSystem.IsLinux() ? null
        : FindIn(Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "") ?? FindInCache("/etc/ld.so.cache");

    /// <summary>The first of the files in folders as LD_LIBRARY_PATH names them; null where they have none.</summary>
    /// <param name="folders">Folders, between colons or semicolons.</param>
    public static string? FindIn(string folders) => folders.Split([':', ';'], StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => FileNames.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>The first of the files that stands in the loader's list of the system's libraries; null where there is none.</summary>
    /// <param name="cache">The list, a file of ldconfig(8), which names each library by its full path between zeros.</param>
    public static string? FindInCache(string cache)
    {
        try
        {
            var bytes = File.ReadAllBytes(cache);
            return FileNames.Select(name => FindPath(bytes, $"/{name}\0")).FirstOrDefault(path => path is not null && File.Exists(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The version of the libtorch that a file belongs to, such as 1.13; null where nothing beside the file says so.</summary>
    /// <param name="path">Its libtorch_cpu.so: a link to a file with the version in its name, or beside version files of libtorch or Python's torch.</param>
    public static string? VersionOf(string path)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (target.LastIndexOf(".so.", StringComparison.Ordinal) is >= 0 and var end)
                return target[(end + 4)..];

            var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(target)));
            var file = new[] { "build-version", "version.py" }.Select(name => Path.Combine(root ?? "", name)).FirstOrDefault(File.Exists);
            // A bare 2.7.1+cpu, or Python's line __version__ = '2.7.1+cpu'.
            return file is null ? null : File.ReadLines(file).Take(20).FirstOrDefault(line => line.Any(char.IsAsciiDigit))?.Split('=')[^1].Trim(' ', '\'', '"');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? FindPath(ReadOnlySpan<byte> bytes, string end)
    {
        var slash = bytes.IndexOf(Encoding.ASCII.GetBytes(end));
        if (slash < 0)
            return null;
        var start = bytes[..slash].LastIndexOf((byte)0) + 1;
        return Encoding.UTF8.GetString(bytes[start..(slash + end.Length - 1)]);
    }
}
