using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data.Shards;

/// <summary>What is known of a sample so far.</summary>
/// <param name="path">The shard.</param>
/// <param name="key">The name that its entries share.</param>
internal sealed class PendingSample(string path, string key)
{
    private const int MostNesting = 16;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly HashSet<string> _endings = new(StringComparer.OrdinalIgnoreCase);

    public string Key => key;

    public byte[]? Image { get; set; }

    public byte[]? Caption { get; set; }

    public string? Problem { get; set; }

    public bool IsEmpty => Image is null && Caption is null && Problem is null;

    /// <summary>Notes that an entry has come.</summary>
    /// <returns>Whether it is the first with this ending.</returns>
    public bool Add(string ending) => _endings.Add(ending);

    public RawSample Finish(WebDatasetOptions options)
    {
        if (Problem is null && Image is null)
            Problem = $"has no image (.{string.Join(", .", options.ImageEndings)}).";
        if (Problem is null && Caption is null)
            Problem = $"has no caption (.{options.CaptionEnding}).";
        if (Problem is not null)
            return Unreadable(Problem);

        var text = Caption.AsSpan();
        if (text.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];
        if (!Utf8.IsValid(text))
            return Unreadable("has a caption that is not UTF-8.");
        return options.CaptionProperty is { } property
            ? FromJson(Caption.AsMemory(Caption!.Length - text.Length), property)
            : Readable(Encoding.UTF8.GetString(text));
    }

    private RawSample Readable(string caption) => new(key, Image, caption) { Shard = path };

    private RawSample Unreadable(string problem) => new(key, null, "", problem) { Shard = path };

    private RawSample FromJson(ReadOnlyMemory<byte> caption, string property)
    {
        try
        {
            using var document = JsonDocument.Parse(caption, new JsonDocumentOptions { MaxDepth = MostNesting });
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String)
                return Readable(value.GetString()!);
        }
        // The latter of half a surrogate pair, which JSON can write and UTF-8 cannot.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Unreadable($"has a caption that is no JSON: {e.Message}");
        }
        return Unreadable($"has no text '{property}' in its JSON.");
    }
}
