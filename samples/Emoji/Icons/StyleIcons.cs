using System.Text.Json;
using Emoji.Packages;
using Emoji.Words;

namespace Emoji.Icons;

/// <summary>The icons of all styles by emoji.</summary>
internal sealed class StyleIcons : IDisposable
{
    private readonly Dictionary<string, IconSet> _sets;
    private readonly Dictionary<string, Dictionary<string, string>> _names;

    private StyleIcons(Dictionary<string, IconSet> sets, IconNames names)
    {
        _sets = sets;
        foreach (var set in sets.Values)
            names.Learn(set);
        _names = sets.ToDictionary(entry => entry.Key, entry => names.Match(entry.Value));
    }

    /// <summary>Reads the packages of styles.</summary>
    /// <param name="store">The packages.</param>
    /// <param name="catalog">The emoji.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static StyleIcons Load(PackageStore store, Catalog catalog)
    {
        var names = new IconNames(catalog.Codes.ToDictionary(code => code, code => catalog["en", code].Name));
        foreach (var path in Directory.EnumerateFiles(Path.Combine(store.PathOf(NpmPackage.Words), "en", "shortcodes")).Order(StringComparer.Ordinal))
            LearnShortCodes(names, path);
        return new StyleIcons(Styles.All.ToDictionary(style => style, style => IconSet.Load(store.PathOf(NpmPackage.OfStyle(style)))), names);
    }

    /// <summary>The emoji that a style has.</summary>
    public IEnumerable<string> Codes(string style) => _names[style].Keys.Order(StringComparer.Ordinal);

    /// <summary>The icon of an emoji in a style that has it.</summary>
    public Icon this[string style, string code] => _sets[style][_names[style][code]];

    public void Dispose()
    {
        foreach (var set in _sets.Values)
            set.Dispose();
    }

    // One short code, or several, by hexcode.
    private static void LearnShortCodes(IconNames names, string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            var codes = entry.Value.ValueKind == JsonValueKind.Array ? entry.Value.EnumerateArray().ToArray() : [entry.Value];
            foreach (var code in codes)
                names.LearnShortCode(code.GetString()!, entry.Name);
        }
    }
}
