using System.IO.Compression;
using Clip.Shared.Tar;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data.Shards;

/// <summary>Reads the samples of a tar file one after another. Nothing is extracted: names only say what belongs together.</summary>
/// <remarks>
/// As for the Python package webdataset, what is no file, or has no name of a key and an ending, is not there: it does not end the sample
/// around it.
/// </remarks>
internal sealed class ShardReader(WebDatasetOptions options, int maxImageBytes)
{
    private const int BufferSize = 1 << 16;

    /// <summary>The samples of a shard; the last one says so if the shard is truncated or damaged, or cannot be opened.</summary>
    public IEnumerable<RawSample> Read(string path, CancellationToken cancellationToken)
    {
        using var stream = TryOpen(path, cancellationToken, out var problem);
        if (stream is null)
        {
            yield return new RawSample("", null, "", $"cannot be opened: {problem}") { Shard = path };
            yield break;
        }
        var tar = new TarFile(stream);
        var sample = new PendingSample(path, "");
        while (true)
        {
            var entry = TryNext(tar, ref problem);
            if (entry is { } found && !(found.IsFile && TarNames.TrySplit(found.Name, out _, out _)))
                continue;
            TarNames.TrySplit(entry?.Name ?? "", out var key, out var ending);
            if (!sample.IsEmpty && (entry is null || key != sample.Key))
                yield return sample.Finish(options);
            if (key != sample.Key || sample.IsEmpty)
                sample = new PendingSample(path, key);
            if (entry is { } part)
                TryTake(tar, part, ending, sample, ref problem);
            if (problem is not null)
                yield return new RawSample(entry?.Name ?? "", null, "", $"is truncated or damaged: {problem}") { Shard = path };
            if (entry is null || problem is not null)
                yield break;
        }
    }

    private static TarStream? TryOpen(string path, CancellationToken cancellationToken, out string? problem)
    {
        try
        {
            problem = null;
            return new TarStream(Open(path), cancellationToken);
        }
        catch (Exception e) when (IsDamage(e))
        {
            problem = e.Message;
            return null;
        }
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        try
        {
            Span<byte> magic = stackalloc byte[2];
            var isPacked = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
            file.Position = 0;
            return isPacked ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), BufferSize) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static TarEntry? TryNext(TarFile tar, ref string? problem)
    {
        try
        {
            return tar.Next();
        }
        catch (Exception e) when (IsDamage(e))
        {
            problem = e.Message;
            return null;
        }
    }

    private void TryTake(TarFile tar, TarEntry entry, string ending, PendingSample sample, ref string? problem)
    {
        var isImage = options.ImageEndings.Contains(ending, StringComparer.OrdinalIgnoreCase);
        var isCaption = ending.Equals(options.CaptionEnding, StringComparison.OrdinalIgnoreCase);
        if (!isImage && !isCaption)
            return;
        var limit = isImage ? maxImageBytes : options.MaxCaptionBytes;
        if (entry.IsSparse)
            sample.Problem = $"has a sparse file in '{entry.Name}', which is not read; pack it without --sparse.";
        else if (entry.Length > limit)
            sample.Problem = $"has {entry.Length:N0} bytes in '{entry.Name}', more than the {limit:N0} that are allowed.";
        else if (!sample.Add(ending))
            sample.Problem = $"has two entries '{entry.Name}'.";
        if (sample.Problem is not null)
            return;
        try
        {
            var bytes = new byte[entry.Length];
            tar.ReadData(bytes);
            if (isImage)
                sample.Image = bytes;
            else
                sample.Caption = bytes;
        }
        catch (Exception e) when (IsDamage(e))
        {
            problem = e.Message;
        }
    }

    // What files and gzip say of data that is not there or not what it claims.
    private static bool IsDamage(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException;
}
