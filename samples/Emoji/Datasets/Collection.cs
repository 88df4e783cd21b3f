using System.Formats.Tar;
using System.Text.Encodings.Web;
using System.Text.Json;
using Emoji.Icons;
using Emoji.Packages;
using Emoji.Rendering;
using Emoji.Words;

namespace Emoji.Datasets;

/// <summary>Images of one style on white with English names and keywords, as one WebDataset shard that ships with the sample.</summary>
internal static class Collection
{
    /// <summary>The style, whose license is MIT.</summary>
    public const string Style = "fluent-emoji-flat";

    /// <summary>Side of the images in pixels.</summary>
    public const int Side = 96;

    /// <summary>The property of the captions.</summary>
    public const string Caption = "caption";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is known of an image.</summary>
    /// <param name="Hexcode">The emoji.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Keywords">Its keywords.</param>
    /// <param name="Caption">Name and keywords as one text.</param>
    public sealed record Entry(string Hexcode, string Name, IReadOnlyList<string> Keywords, string Caption);

    /// <summary>Writes <c>HEXCODE.png</c> and <c>HEXCODE.json</c> for every emoji of the style.</summary>
    /// <returns>How many there are.</returns>
    public static int Write(string path, PackageStore store, Catalog catalog)
    {
        using var icons = StyleIcons.Load(store, catalog);
        var codes = icons.Codes(Style).ToList();
        AtomicFile.Write(path, stream =>
        {
            using var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true);
            foreach (var code in codes)
            {
                using var image = SvgRenderer.Render(icons[Style, code].ToSvg(), Side)!;
                using var opaque = Png.OnWhite(image);
                var (name, keywords) = catalog["en", code];
                tar.Add($"{code}.png", Png.EncodeSmall(opaque));
                tar.Add($"{code}.json", JsonSerializer.SerializeToUtf8Bytes(new Entry(code, name, keywords, $"{name}: {string.Join(", ", keywords)}"), Json));
            }
        });
        return codes.Count;
    }
}
