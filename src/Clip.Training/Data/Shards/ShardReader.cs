using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data.Shards;

/// <summary>Reads the samples of a tar file one after another. Nothing is extracted: names only say what belongs together.</summary>
internal sealed class ShardReader(WebDatasetOptions options, int maxImageBytes)
{
    private const int MostNesting = 16;

    /// <summary>The samples of a shard; the last one says so if the shard is truncated or damaged.</summary>
    public IEnumerable<RawSample> Read(string path, CancellationToken cancellationToken)
    {
        using var stream = Open(path);
        using var tar = new TarReader(stream);
        var sample = new PendingSample(path, "");
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? problem = null;
            var entry = TryNext(tar, ref problem);
            var (key, ending) = entry is null ? ("", "") : Split(entry.Name);
            if (!sample.IsEmpty && (entry is null || key != sample.Key))
                yield return sample.Finish(options);
            if (entry is null)
            {
                if (problem is not null)
                    yield return new RawSample(path, null, "", $"is truncated or damaged: {problem}");
                yield break;
            }
            if (key != sample.Key || sample.IsEmpty)
                sample = new PendingSample(path, key);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
                TryTake(entry, ending, sample, ref problem);
            if (problem is not null)
            {
                yield return new RawSample($"{path}/{entry.Name}", null, "", $"is truncated or damaged: {problem}");
                yield break;
            }
        }
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Span<byte> magic = stackalloc byte[2];
        var isPacked = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        file.Position = 0;
        return isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static TarEntry? TryNext(TarReader tar, ref string? problem)
    {
        try
        {
            return tar.GetNextEntry();
        }
        catch (Exception e) when (IsDamage(e))
        {
            problem = e.Message;
            return null;
        }
    }

    private void TryTake(TarEntry entry, string ending, PendingSample sample, ref string? problem)
    {
        var isImage = options.ImageEndings.Contains(ending, StringComparer.OrdinalIgnoreCase);
        var isCaption = ending.Equals(options.CaptionEnding, StringComparison.OrdinalIgnoreCase);
        if (!isImage && !isCaption)
            return;
        var limit = isImage ? maxImageBytes : options.MaxCaptionBytes;
        if (entry.Length > limit)
        {
            sample.Problem = $"has {entry.Length:N0} bytes in '{entry.Name}', more than the {limit:N0} that are allowed.";
            return;
        }
        try
        {
            var bytes = new byte[entry.Length];
            entry.DataStream?.ReadExactly(bytes);
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

    // What the readers of tar and gzip say of data that is not what it claims.
    private static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException or FormatException or IOException or ArgumentException or OverflowException;

    // "folder/000017.seg.png" is the entry "seg.png" of the sample "folder/000017".
    private static (string Key, string Ending) Split(string name)
    {
        var start = name.LastIndexOf('/') + 1;
        var dot = name.IndexOf('.', start);
        return dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
    }

    /// <summary>What is known of a sample so far.</summary>
    private sealed class PendingSample(string path, string key)
    {
        public string Key => key;

        public byte[]? Image { get; set; }

        public byte[]? Caption { get; set; }

        public string? Problem { get; set; }

        public bool IsEmpty => Image is null && Caption is null && Problem is null;

        public RawSample Finish(WebDatasetOptions options)
        {
            var name = $"{path}/{key}";
            if (Problem is null && Image is null)
                Problem = $"has no picture (.{string.Join(", .", options.ImageEndings)}).";
            if (Problem is null && Caption is null)
                Problem = $"has no caption (.{options.CaptionEnding}).";
            if (Problem is not null)
                return new RawSample(name, null, "", Problem);
            return options.CaptionProperty is null
                ? new RawSample(name, Image, Encoding.UTF8.GetString(Caption!))
                : FromJson(name, options.CaptionProperty);
        }

        private RawSample FromJson(string name, string property)
        {
            try
            {
                using var document = JsonDocument.Parse(Caption, new JsonDocumentOptions { MaxDepth = MostNesting });
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String)
                    return new RawSample(name, Image, value.GetString()!);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return new RawSample(name, null, "", $"has a caption that is no JSON: {e.Message}");
            }
            return new RawSample(name, null, "", $"has no text '{property}' in its JSON.");
        }
    }
}
