using System.Text.Json;

namespace Clip.Shared;

/// <summary>One JSON object of a config file, read by name; what was not asked for can be refused, since it may change a computation.</summary>
/// <remarks>Settings that are null count as missing.</remarks>
/// <param name="path">Where the object stands in the file; "" for the whole file.</param>
/// <param name="element">The object.</param>
internal abstract class JsonSection(string path, JsonElement element)
{
    private const int LongestShown = 40;

    private readonly HashSet<string> _known = [];

    /// <summary>A setting; null where it is missing.</summary>
    public JsonElement? Find(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Whether a setting stands in the file and is not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether a setting stands in the file as null, which says another thing than leaving it out.</summary>
    public bool IsNull(string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A whole number.</summary>
    public int? OptionalInteger(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) => number,
        { } value => throw Wrong(name, value, "a whole number"),
    };

    /// <summary>A finite number.</summary>
    public double? OptionalNumber(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        { } value => throw Wrong(name, value, "a number"),
    };

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool fallback = false) => Find(name) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(name, value, "true or false"),
    };

    /// <summary>A string.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Wrong(name, value, "a string"),
    };

    /// <summary>Takes settings as known that change nothing.</summary>
    public void Ignore(params IEnumerable<string> names) => _known.UnionWith(names);

    /// <summary>The settings that nobody asked for, by their places in the file.</summary>
    protected IEnumerable<string> Unknown => element.EnumerateObject()
        .Where(property => !_known.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
        .Select(property => PathOf(property.Name));

    /// <summary>Where a setting stands in the file.</summary>
    protected string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The exception for a setting of the wrong kind.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="value">Its value, or the part of it that is wrong.</param>
    /// <param name="expected">What it must be.</param>
    protected Exception Wrong(string name, JsonElement value, string expected) => Failure(PathOf(name), Expected(expected, value));

    /// <summary>What is wrong with a value of the wrong kind.</summary>
    protected static string Expected(string expected, JsonElement value) => $"it must be {expected} but is {Shown(value)}";

    /// <summary>The exception for a place in the file.</summary>
    protected abstract Exception Failure(string place, string problem);

    /// <summary>A value as it stands in the file, cut where it is long.</summary>
    protected static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= LongestShown ? text : $"{text.AsSpan(0, LongestShown)}...";
    }
}
