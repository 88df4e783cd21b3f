using System.Text;
using Clip.Shared;

namespace Clip.Hub;

/// <summary>The part of the cache that belongs to one repository, laid out as huggingface_hub lays it out.</summary>
/// <remarks>
/// <c>models--org--name</c> holds <c>blobs/{etag}</c>, <c>refs/{revision}</c> with a commit in each, <c>snapshots/{commit}/{path}</c>
/// with relative links to the blobs, and <c>.no_exist/{commit}/{path}</c> for files that the commit is known not to have. The locks
/// are in a folder beside it.
/// </remarks>
internal sealed class HubCache
{
    // bford.info/cachedir: backup programs leave such folders out.
    private const string TagName = "CACHEDIR.TAG";
    private const string Tag = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of the Hugging Face Hub.\n";

    private readonly string _root;
    private readonly string _name;
    private readonly bool _useSymbolicLinks;

    /// <summary>Points at the part of a repository, which need not exist.</summary>
    /// <param name="root">The cache folder.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="useSymbolicLinks">Whether to link to blobs where the system allows it.</param>
    public HubCache(string root, HubRepository repository, bool useSymbolicLinks)
    {
        _root = root;
        _name = $"models--{repository.Id.Replace("/", "--", StringComparison.Ordinal)}";
        _useSymbolicLinks = useSymbolicLinks;
    }

    /// <summary>The folder of the repository.</summary>
    public string Folder => Path.Combine(_root, _name);

    /// <summary>The folder of the files of a commit.</summary>
    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    /// <summary>The file that stands for a revision; its content is the commit.</summary>
    public string Reference(string revision) => Inside(Path.Combine(Folder, "refs"), revision);

    /// <summary>Where a file of a commit is, if it is in the cache.</summary>
    public string Pointer(string commit, string path) => Inside(Snapshot(commit), path);

    /// <summary>Where the content with an etag is, if it is in the cache.</summary>
    public string Blob(string etag) => Path.Combine(Folder, "blobs", etag);

    /// <summary>Where a blob is collected until it is complete.</summary>
    public string Partial(string etag) => Blob(etag) + ".incomplete";

    /// <summary>The lock file that the process which downloads a blob holds open.</summary>
    public string Lock(string etag) => Path.Combine(_root, ".locks", _name, etag + ".lock");

    /// <summary>The path of a file of a commit if its content is there, or null.</summary>
    public string? Find(string commit, string path)
    {
        var pointer = Pointer(commit, path);
        return IsFile(pointer) ? pointer : null;
    }

    /// <summary>Whether the content with an etag is there and has its size.</summary>
    public bool HasBlob(HubFile file) => new FileInfo(Blob(file.Etag)) is { Exists: true } blob && blob.Length == file.Size;

    /// <summary>The commit that a revision stood for when it was last looked up, or null.</summary>
    public string? ReadReference(string revision)
    {
        try
        {
            var commit = Encoding.UTF8.GetString(RegularFile.ReadAllBytes(Reference(revision))).Trim();
            return HubNames.IsCommit(commit) ? commit : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Records the commit of a revision; a cache that cannot be written may still be read.</summary>
    public void WriteReference(string revision, string commit)
    {
        if (revision == commit || ReadReference(revision) == commit)
            return;
        var target = Reference(revision);
        IgnoreFailure(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            AtomicFile.WriteText(target, commit);
        });
    }

    /// <summary>Whether a commit is known not to have a file.</summary>
    public bool IsKnownMissing(string commit, string path) => File.Exists(Inside(Path.Combine(Folder, ".no_exist", commit), path));

    /// <summary>Records that a commit does not have a file.</summary>
    public void WriteMissing(string commit, string path)
    {
        var mark = Inside(Path.Combine(Folder, ".no_exist", commit), path);
        IgnoreFailure(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(mark)!);
            File.WriteAllBytes(mark, []);
        });
    }

    /// <summary>Makes the folders that a download needs.</summary>
    public void CreateFolders(HubFile file)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "blobs"));
        Directory.CreateDirectory(Path.GetDirectoryName(Lock(file.Etag))!);
        Directory.CreateDirectory(Path.GetDirectoryName(Pointer(file.Commit, file.Path))!);
        var tag = Path.Combine(_root, TagName);
        if (!File.Exists(tag))
            IgnoreFailure(() => AtomicFile.WriteText(tag, Tag));
    }

    /// <summary>Bytes that an unfinished download of a blob has on disk; Python's parts have a name of their own in the middle.</summary>
    public long MeasurePartial(string etag)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(Folder, "blobs")).EnumerateFiles($"{etag}*.incomplete").Sum(part => part.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Makes a blob visible as a file of a commit. The caller holds its lock.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isNew">Whether no other commit can have the content yet, so that it may be moved where links are not to be had.</param>
    /// <returns>The path of the file in the snapshot.</returns>
    public string Publish(HubFile file, bool isNew)
    {
        var pointer = Pointer(file.Commit, file.Path);
        if (IsFile(pointer))
            return pointer;
        var blob = Blob(file.Etag);
        if (_useSymbolicLinks && TryLink(blob, pointer))
            return pointer;
        if (isNew)
        {
            File.Move(blob, pointer, overwrite: true);
            return pointer;
        }
        AtomicFile.Replace(pointer, copy => File.Copy(blob, copy));
        return pointer;
    }

    private static bool TryLink(string blob, string pointer)
    {
        try
        {
            // Relative, so that the cache can be moved; by way of a name of its own, to replace a link that has lost its blob.
            AtomicFile.Replace(pointer, temporary => File.CreateSymbolicLink(temporary, Path.GetRelativePath(Path.GetDirectoryName(pointer)!, blob)));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    // File.Exists is true for a link that has lost its target.
    private static bool IsFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.LinkTarget is null ? file.Exists : file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true };
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Names were checked where they came in; this holds whatever they are.
    private static string Inside(string folder, string path)
    {
        var full = Path.GetFullPath(Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar)));
        return full.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new ArgumentException($"'{path}' leads out of '{folder}'.", nameof(path));
    }

    private static void IgnoreFailure(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is written here only spares later requests.
        }
    }
}
