namespace Clip.Cli.Search;

/// <summary>An image of an index, and how its file looked when it was embedded.</summary>
/// <param name="Path">Relative to the folder, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Time of the last change, in ticks of UTC.</param>
internal sealed record IndexEntry(string Path, long Size, long Modified)
{
    /// <summary>Looks at a file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">The path below it.</param>
    public static IndexEntry Of(string folder, string path)
    {
        var file = new FileInfo(System.IO.Path.Combine(folder, path));
        // Of a link, the file it leads to.
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? new IndexEntry(path, target.Length, target.LastWriteTimeUtc.Ticks) : new IndexEntry(path, 0, 0);
    }
}
