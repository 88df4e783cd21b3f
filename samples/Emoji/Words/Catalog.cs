using System.Text.Json;

namespace Emoji.Words;

/// <summary>The emoji, without flags of countries and variants by skin tone, and what languages call them.</summary>
internal sealed class Catalog
{
    /// <summary>The languages of the captions, English first.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "es", "fr", "it", "ja", "ko", "zh"];

    private readonly Dictionary<string, Dictionary<string, Description>> _descriptions;

    private Catalog(IReadOnlyList<string> codes, Dictionary<string, Dictionary<string, Description>> descriptions)
    {
        Codes = codes;
        _descriptions = descriptions;
    }

    /// <summary>The emoji in the order of Unicode's lists.</summary>
    public IReadOnlyList<string> Codes { get; }

    /// <summary>What a language calls an emoji.</summary>
    public Description this[string language, string code] => _descriptions[language][code];

    /// <summary>What a language calls all emoji.</summary>
    public IEnumerable<Description> In(string language) => Codes.Select(code => _descriptions[language][code]);

    /// <summary>Reads the files of emojibase-data.</summary>
    /// <param name="folder">The folder of the package.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static Catalog Load(string folder)
    {
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        var descriptions = Languages.ToDictionary(language => language, language => Read(Path.Combine(folder, language, "data.json"), (code, place) => order[code] = place));
        var codes = order.OrderBy(entry => entry.Value).Select(entry => entry.Key).Where(code => descriptions.Values.All(known => known.ContainsKey(code)));
        return new Catalog([.. codes], descriptions);
    }

    private static Dictionary<string, Description> Read(string path, Action<string, int> place)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var descriptions = new Dictionary<string, Description>(StringComparer.Ordinal);
            foreach (var emoji in document.RootElement.EnumerateArray())
            {
                var code = Hexcode.Normalize(emoji.GetProperty("hexcode").GetString()!);
                // Parts of others, such as single letters of flags, have no group.
                if (!emoji.TryGetProperty("subgroup", out _) || Hexcode.IsCountryFlag(code) || Hexcode.HasSkinTone(code))
                    continue;
                place(code, emoji.GetProperty("order").GetInt32());
                IEnumerable<string> keywords = emoji.TryGetProperty("tags", out var tags) ? tags.EnumerateArray().Select(tag => tag.GetString()!) : [];
                descriptions[code] = new Description(emoji.GetProperty("label").GetString()!, [.. keywords]);
            }
            return descriptions;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is not the data of emojibase-data: {e.Message} Delete its folder and fetch it again.", e);
        }
    }
}
