using System.Text.Json;
using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>One JSON object of a config file, read by name; what was not asked for can be refused.</summary>
/// <remarks>A value of the wrong kind is a <see cref="CheckpointException"/> that names the file and the setting.</remarks>
internal sealed class ConfigSection
{
    private readonly string _file;
    private readonly string _path;
    private readonly JsonElement _object;
    private readonly HashSet<string> _read = [];

    public ConfigSection(string file, string path, JsonElement element)
    {
        _file = file;
        _path = path;
        _object = element;
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(path, element, "an object");
    }

    /// <summary>Whether a setting stands in the file and is not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether a setting stands in the file as null, which says another thing than leaving it out.</summary>
    public bool IsNull(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A whole number.</summary>
    public int Integer(string name, int fallback) => OptionalInteger(name) ?? fallback;

    /// <summary>A whole number that has no default.</summary>
    public int Integer(string name) => OptionalInteger(name) ?? throw Error(name, "it is missing");

    public int? OptionalInteger(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Wrong(PathOf(name), value, "a whole number");
    }

    public double Number(string name, double fallback) => OptionalNumber(name) ?? fallback;

    public double? OptionalNumber(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(PathOf(name), value, "a number");
    }

    public bool Flag(string name, bool fallback = false) => Find(name) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(PathOf(name), value, "true or false"),
    };

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Wrong(PathOf(name), value, "a string"),
    };

    /// <summary>A whole number or a list of them.</summary>
    public IReadOnlyList<int>? IntegerOrList(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            return [Integer(name)];
        return value.EnumerateArray()
            .Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number)
                ? number
                : throw Wrong(PathOf(name), item, "a list of whole numbers"))
            .ToArray();
    }

    public ConfigSection? Section(string name) =>
        Find(name) is { } value ? new ConfigSection(_file, PathOf(name), value) : null;

    /// <summary>Takes settings as known that do not change what the network computes.</summary>
    public void Ignore(params IEnumerable<string> names) => _read.UnionWith(names);

    /// <summary>Requires that a setting, where it stands, has the only value that is supported.</summary>
    public void RequireOff(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var isOff = Find(name) is null or { ValueKind: JsonValueKind.False } or { ValueKind: JsonValueKind.Number };
            if (!isOff || (Find(name) is { ValueKind: JsonValueKind.Number } number && number.GetDouble() != 0))
                throw Error(name, $"{Shown(Find(name)!.Value)} is not supported");
        }
    }

    /// <summary>Refuses settings that nobody asked for: they may change what the network computes.</summary>
    public void RefuseUnknown()
    {
        var unknown = _object.EnumerateObject()
            .Where(property => !_read.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => PathOf(property.Name))
            .ToArray();
        if (unknown.Length > 0)
        {
            throw new CheckpointException(
                _file, $"has settings that are not known here and may change what the network computes: {string.Join(", ", unknown)}.");
        }
    }

    public CheckpointException Error(string name, string problem) => new(_file, $"is wrong at {PathOf(name)}: {problem}.");

    private CheckpointException Wrong(string path, JsonElement value, string expected) =>
        new(_file, $"is wrong{(path.Length == 0 ? "" : $" at {path}")}: it must be {expected} but is {Shown(value)}.");

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : $"{text.AsSpan(0, 40)}...";
    }

    private JsonElement? Find(string name)
    {
        _read.Add(name);
        return _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";
}
