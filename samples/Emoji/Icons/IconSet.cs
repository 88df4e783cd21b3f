using System.Text.Json;

namespace Emoji.Icons;

/// <summary>The icons of one style by name, in the JSON that Iconify defines.</summary>
internal sealed class IconSet : IDisposable
{
    private readonly JsonDocument _document;
    private readonly Dictionary<string, JsonElement> _icons = new(StringComparer.Ordinal);
    private readonly double _width;
    private readonly double _height;

    private IconSet(string folder)
    {
        var path = Path.Combine(folder, "icons.json");
        _document = JsonDocument.Parse(File.ReadAllBytes(path));
        try
        {
            var root = _document.RootElement;
            (_width, _height) = (root.GetProperty("width").GetDouble(), root.GetProperty("height").GetDouble());
            foreach (var icon in root.GetProperty("icons").EnumerateObject())
                _icons.Add(icon.Name, icon.Value);
            if (root.TryGetProperty("aliases", out var aliases))
                Aliases = aliases.EnumerateObject().Where(alias => IsSameImage(alias.Value)).ToDictionary(alias => alias.Name, alias => alias.Value.GetProperty("parent").GetString()!);
            Characters = ReadCharacters(Path.Combine(folder, "chars.json"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            _document.Dispose();
            throw new InvalidDataException($"'{path}' or chars.json beside it is not an icon set of Iconify: {e.Message} Delete its folder and fetch it again.", e);
        }
    }

    /// <summary>The names of the icons.</summary>
    public IReadOnlyCollection<string> Names => _icons.Keys;

    /// <summary>Other names of the same images: the name of the icon by the other name.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; } = new Dictionary<string, string>();

    /// <summary>The names by the code points of the characters, where the set says so; else empty.</summary>
    public IReadOnlyDictionary<string, string> Characters { get; }

    /// <summary>The icon with a name or alias.</summary>
    public Icon this[string name]
    {
        get
        {
            var icon = _icons[Aliases.GetValueOrDefault(name, name)];
            return new Icon(icon.GetProperty("body").GetString()!, Side(icon, "width", _width), Side(icon, "height", _height));
        }
    }

    /// <summary>Reads the files of a package of Iconify.</summary>
    /// <param name="folder">The folder of the package.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static IconSet Load(string folder) => new(folder);

    public void Dispose() => _document.Dispose();

    private static double Side(JsonElement icon, string property, double usual) => icon.TryGetProperty(property, out var value) ? value.GetDouble() : usual;

    // Others are turned or mirrored.
    private static bool IsSameImage(JsonElement alias) => alias.EnumerateObject().Count() == 1;

    private static Dictionary<string, string> ReadCharacters(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
    }
}
