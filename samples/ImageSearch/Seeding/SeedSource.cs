using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageSearch;

/// <summary>The images of a folder, or of a tar file as WebDataset has them: the title is in the text or the JSON file of the same name.</summary>
/// <param name="path">The folder or the tar file.</param>
internal sealed class SeedSource(string path)
{
    private const string TextEnding = ".txt", JsonEnding = ".json";
    private const string NameProperty = "name";
    private const int MostBytes = 64 << 20;

    private static readonly HashSet<string> s_images = new(StringComparer.OrdinalIgnoreCase) { ".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp" };

    private bool IsFolder => Directory.Exists(path);

    /// <summary>How many images there are.</summary>
    /// <exception cref="IOException">It cannot be read, or is not there.</exception>
    public int Count() => IsFolder ? ImagesOfFolder().Count() : EntriesOfTar(withData: false).Count(entry => IsImage(entry.Name));

    /// <summary>The images in the order of their names, or of the tar file.</summary>
    /// <exception cref="IOException">It cannot be read, or is not there.</exception>
    public IEnumerable<SeedImage> Read() => IsFolder ? ReadFolder() : ReadTar();

    private static bool IsImage(string name) => s_images.Contains(Path.GetExtension(name));

    private IEnumerable<string> ImagesOfFolder() => Directory.EnumerateFiles(path).Where(IsImage).Order(StringComparer.Ordinal);

    private IEnumerable<SeedImage> ReadFolder()
    {
        foreach (var file in ImagesOfFolder())
        {
            var text = Path.ChangeExtension(file, TextEnding);
            yield return new SeedImage(File.Exists(text) ? FirstLine(File.ReadAllBytes(text)) : Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file));
        }
    }

    // The files of a sample lie one after the other.
    private IEnumerable<SeedImage> ReadTar()
    {
        var (key, title, image) = ("", (string?)null, (byte[]?)null);
        foreach (var (name, data) in EntriesOfTar(withData: true))
        {
            var next = Path.ChangeExtension(name, null);
            if (next != key)
            {
                if (image is not null)
                    yield return new SeedImage(title ?? Path.GetFileName(key), image);
                (key, title, image) = (next, null, null);
            }
            if (IsImage(name))
                image = data;
            else
                title = TitleIn(name, data) ?? title;
        }
        if (image is not null)
            yield return new SeedImage(title ?? Path.GetFileName(key), image);
    }

    private IEnumerable<(string Name, byte[] Data)> EntriesOfTar(bool withData)
    {
        using var file = File.OpenRead(path);
        using var tar = new TarReader(file);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            if (entry.Length > MostBytes)
                throw new InvalidDataException($"'{path}' has the entry '{entry.Name}' of {entry.Length:N0} bytes; {MostBytes:N0} are allowed.");
            var data = new byte[withData ? entry.Length : 0];
            entry.DataStream?.ReadExactly(data);
            yield return (entry.Name, data);
        }
    }

    private static string? TitleIn(string name, byte[] data) => Path.GetExtension(name) switch
    {
        TextEnding => FirstLine(data),
        JsonEnding => (string?)(JsonNode.Parse(data) as JsonObject)?[NameProperty],
        _ => null,
    };

    private static string FirstLine(byte[] text) => new StringReader(Encoding.UTF8.GetString(text)).ReadLine() ?? "";
}
