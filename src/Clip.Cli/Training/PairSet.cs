using Clip.Cli.Files;
using Clip.Training.Data;

namespace Clip.Cli.Training;

/// <summary>What kind of data a path names.</summary>
internal enum PairSetKind
{
    /// <summary>A list of images with captions.</summary>
    List,

    /// <summary>A folder with a folder for each class.</summary>
    ClassFolders,

    /// <summary>Tar files of WebDataset.</summary>
    Shards,
}

/// <summary>One value of --data or --validation: what it is, and the files that are meant.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">A file, a folder, or shards as <see cref="ShardSet"/> writes them.</param>
internal sealed record PairSet(PairSetKind Kind, string Path)
{
    private static readonly string[] ShardEndings = [".tar", ".tar.gz", ".tgz"];

    /// <summary>Finds out what a value names.</summary>
    /// <param name="option">The option, for errors.</param>
    /// <param name="value">Its value.</param>
    /// <param name="unreadable">Told about a folder that a pattern leads to and that cannot be read.</param>
    /// <exception cref="FailureException">There is no such file.</exception>
    /// <exception cref="UsageException">It is no kind of data.</exception>
    public static PairSet Find(string option, string value, Action<string, Exception> unreadable)
    {
        if (Directory.Exists(value))
            return new PairSet(Directory.EnumerateFiles(value).Any(IsShard) ? PairSetKind.Shards : PairSetKind.ClassFolders, value);
        if (CaptionList.Endings.Contains(System.IO.Path.GetExtension(value), StringComparer.OrdinalIgnoreCase))
            return File.Exists(value) ? new PairSet(PairSetKind.List, value) : throw new FailureException($"{option}: there is no list '{value}'.");
        if (!value.Contains("::", StringComparison.Ordinal) && !IsShard(value))
        {
            throw File.Exists(value)
                ? new UsageException($"{option}: '{value}' is neither a list ({string.Join(", ", CaptionList.Endings)}) nor a shard ({string.Join(", ", ShardEndings)}).")
                : new FailureException($"{option}: there is no file or folder '{value}'.");
        }
        return new PairSet(PairSetKind.Shards, string.Join("::", value.Split("::").SelectMany(part => Expand(option, part, unreadable))));
    }

    private static IEnumerable<string> Expand(string option, string part, Action<string, Exception> unreadable)
    {
        if (!FilePattern.IsPattern(part) || File.Exists(part))
            return [part];
        var files = FilePattern.Match(part, unreadable).Where(IsShard).ToList();
        return files.Count > 0 ? files : throw new FailureException($"{option}: there are no shards '{part}'.");
    }

    private static bool IsShard(string path) => ShardEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
