using System.Globalization;
using System.Runtime.CompilerServices;
using Clip.Shared;

namespace Clip.Shards;

/// <summary>A folder on a file system that all workers have: local, NFS, Lustre.</summary>
/// <remarks>
/// What is created under a name that only one may have gets its bytes under another name first, so nobody reads half of it. Times are those that the
/// file system gives to what is written.
/// </remarks>
public sealed class FolderShardStore : IShardStore
{
    /// <summary>Creates the store; the folder is made when something is written.</summary>
    /// <param name="folder">The folder.</param>
    public FolderShardStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Name = System.IO.Path.GetFullPath(folder);
    }

    /// <summary>The full path of the folder.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default)
    {
        var probe = AtomicFile.TemporaryPath(Place(".time"));
        try
        {
            File.WriteAllBytes(probe, [0]);
            return Task.FromResult(TimeOf(new FileInfo(probe)));
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <inheritdoc/>
    public Task<StoredEntry?> FindAsync(string path, CancellationToken cancellationToken = default) => Task.FromResult(Find(path));

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken = default) => Task.FromResult(Read(Full(path)));

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var files = new DirectoryInfo(Full(folder));
        if (!files.Exists)
            yield break;
        foreach (var file in files.EnumerateFiles().Where(file => !file.Name.StartsWith('.')))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Describe($"{folder}/{file.Name}", file) is { } entry)
                yield return entry;
        }
    }

    /// <inheritdoc/>
    public Task<StoredEntry?> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        Task.FromResult(TryCreate(path, content.Span));

    /// <inheritdoc/>
    public Task<StoredEntry?> TryReplaceAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var place = Place(entry.Path);
        var aside = AtomicFile.TemporaryPath(place);
        // Of several that rename one file, one finds it.
        if (!TryMove(place, aside))
            return Task.FromResult<StoredEntry?>(null);
        if (Describe(entry.Path, new FileInfo(aside))?.Version != entry.Version)
        {
            // Its owner is alive after all, and gets it back unless someone has taken the place meanwhile.
            if (!TryMove(aside, place))
                File.Delete(aside);
            return Task.FromResult<StoredEntry?>(null);
        }
        File.Delete(aside);
        return Task.FromResult(TryCreate(entry.Path, content.Span));
    }

    /// <inheritdoc/>
    public Task<StoredEntry?> TryRenewAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            using (var file = new FileStream(Full(entry.Path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
            {
                if (!Holds(file, content.Span))
                    return Task.FromResult<StoredEntry?>(null);
                file.Position = 0;
                file.Write(content.Span);
                file.Flush(flushToDisk: true);
            }
            return Task.FromResult(Find(entry.Path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<StoredEntry?>(null);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var path = Full(entry.Path);
        if (Read(path) is { } bytes && content.Span.SequenceEqual(bytes))
            File.Delete(path);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task CommitAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new AtomicFile(Place(path));
        await write(file.Stream, cancellationToken).ConfigureAwait(false);
        file.Commit();
    }

    private static DateTimeOffset TimeOf(FileInfo file) => new(file.LastWriteTimeUtc, TimeSpan.Zero);

    private static StoredEntry? Describe(string path, FileInfo file)
    {
        try
        {
            var (length, time) = (file.Length, TimeOf(file));
            return new StoredEntry(path, length, time, string.Create(CultureInfo.InvariantCulture, $"{time.Ticks} {length}"));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static bool Holds(FileStream file, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[content.Length];
        return file.Length == content.Length && file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && content.SequenceEqual(bytes);
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return RegularFile.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // Never onto a file that is there.
    private static bool TryMove(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException || (e is IOException && File.Exists(to)))
        {
            return false;
        }
    }

    private StoredEntry? TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var place = Place(path);
        if (File.Exists(place))
            return null;
        var temporary = AtomicFile.TemporaryPath(place);
        try
        {
            File.WriteAllBytes(temporary, content);
            return TryMove(temporary, place) ? Find(path) : null;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private StoredEntry? Find(string path) => new FileInfo(Full(path)) is { Exists: true } file ? Describe(path, file) : null;

    private string Full(string path) => System.IO.Path.Combine(Name, path);

    private string Place(string path)
    {
        var full = Full(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        return full;
    }
}
