using System.Formats.Tar;
using System.Text.Json;
using Emoji.Datasets;

namespace Emoji.Tests.Support;

/// <summary>The shard in samples/Emoji/collection.</summary>
internal static class ShippedCollection
{
    public static string Shard { get; } = Path.Combine(Fixtures.Repository, "samples", "Emoji", "collection", $"{Collection.Style}.tar");

    /// <summary>Reads all of it.</summary>
    public static IReadOnlyList<(Collection.Entry Entry, byte[] Image)> Read()
    {
        using var tar = new TarReader(File.OpenRead(Shard));
        var files = new Dictionary<string, byte[]>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var data = new MemoryStream();
            entry.DataStream!.CopyTo(data);
            files.Add(entry.Name, data.ToArray());
        }
        return [.. files.Where(file => file.Key.EndsWith(".json", StringComparison.Ordinal))
            .Select(file => (JsonSerializer.Deserialize<Collection.Entry>(file.Value, JsonSerializerOptions.Web)!, files[Path.ChangeExtension(file.Key, ".png")]))];
    }
}
