using System.Text;
using Clip.Shared.Tar;
using Clip.Shards.Inputs;

namespace Clip.Shards.Reading;

/// <summary>Reads the samples of a shard, each once, and only from one that is whole.</summary>
/// <param name="options">What counts as image and caption, and its limits.</param>
internal sealed class SampleReader(ShardEmbedderOptions options)
{
    // Programs fill their last record; one of 1 MiB is large.
    private const long MostFilling = 64 << 20;

    private readonly ShardInput _input = new(options.Open);

    /// <summary>The samples of a shard.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="ShardException">It cannot be read, is damaged, or is cut off.</exception>
    public IEnumerable<ShardSample> Read(string address, CancellationToken cancellationToken)
    {
        using var raw = Try(address, cancellationToken, () => _input.Open(address, cancellationToken));
        using var stream = new TarStream(raw, cancellationToken);
        var tar = new TarFile(stream);
        PendingSample? sample = null;
        while (Try(address, cancellationToken, tar.Next) is { } entry)
        {
            if (!entry.IsFile || !TarNames.TrySplit(entry.Name, out var key, out var ending))
                continue;
            if (sample is not null && sample.Key != key && sample.Finish() is { } finished)
                yield return finished;
            if (sample?.Key != key)
                sample = new PendingSample(key);
            Try(address, cancellationToken, () => Take(tar, entry, ending, sample));
        }
        if (sample?.Finish() is { } last)
            yield return last;
        Try(address, cancellationToken, () => RequireEnd(tar, raw, cancellationToken));
    }

    private bool Take(TarFile tar, TarEntry entry, string ending, PendingSample sample)
    {
        if (options.ImageEndings.Contains(ending, StringComparer.OrdinalIgnoreCase))
        {
            if (sample.Image is not null || sample.Problem is not null)
                sample.Refuse($"has a second image in '{entry.Name}'");
            else if (entry.IsSparse)
                sample.Refuse($"is a sparse file in '{entry.Name}', which is not read; pack it without --sparse");
            else if (entry.Length > options.MaxImageBytes)
                sample.Refuse($"has {entry.Length:N0} bytes in '{entry.Name}', more than the {options.MaxImageBytes:N0} that are allowed");
            else
                sample.Image = ReadData(tar, entry);
        }
        else if (ending.Equals(options.CaptionEnding, StringComparison.OrdinalIgnoreCase) && !entry.IsSparse && entry.Length <= options.MaxCaptionBytes)
        {
            // What is no UTF-8 gets replacement characters: a caption is no reason to lose an image.
            sample.Caption = Encoding.UTF8.GetString(ReadData(tar, entry)).TrimStart('\uFEFF');
        }
        return true;
    }

    private static byte[] ReadData(TarFile tar, TarEntry entry)
    {
        var bytes = new byte[entry.Length];
        tar.ReadData(bytes);
        return bytes;
    }

    // A command says whether it has succeeded, and a server whether that was all, only where all is read.
    private static bool RequireEnd(TarFile tar, Stream stream, CancellationToken cancellationToken)
    {
        if (!tar.HasEnded)
            throw new EndOfStreamException("It ends without the mark at the end of tar files");
        if (stream is FileStream)
            return true;
        var buffer = new byte[1 << 16];
        for (var left = MostFilling; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (stream.Read(buffer) is var count and > 0)
                left -= count;
            else
                return true;
        }
        throw new InvalidDataException($"More than {MostFilling:N0} bytes follow the end of the tar file");
    }

    private static T Try<T>(string address, CancellationToken cancellationToken, Func<T> read)
    {
        try
        {
            return read();
        }
        // What files, gzip, commands and servers say of data that is not there or not what it claims.
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new ShardException(address, $"cannot be read whole: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private sealed class PendingSample(string key)
    {
        public string Key => key;

        public byte[]? Image { get; set; }

        public string? Caption { get; set; }

        public string? Problem { get; private set; }

        public void Refuse(string problem) => (Image, Problem) = (null, problem);

        /// <summary>The sample; null where the shard has nothing of it that is read.</summary>
        public ShardSample? Finish() => Image is null && Caption is null && Problem is null
            ? null
            : new ShardSample(key, Image, Caption, Image is null ? Problem ?? "has no image" : null);
    }
}
