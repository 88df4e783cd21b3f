using System.Text.Json;

namespace Clip.Preprocessing.Configuration;

/// <summary>One object of a config file. What is asked for is checked, and what nobody asked for is refused.</summary>
internal sealed class Settings(JsonElement element, string path)
{
    private readonly JsonElement _object = element.ValueKind == JsonValueKind.Object ? element : throw Wrong(path, "an object");
    private readonly HashSet<string> _asked = [];

    public JsonElement? Find(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public Settings? Section(string name) => Find(name) is { } value ? new Settings(value, PathOf(name)) : null;

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(PathOf(name), "a string"),
    };

    public bool Flag(string name, bool fallback) => Find(name)?.ValueKind switch
    {
        null => fallback,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(PathOf(name), "true or false"),
    };

    public double? Number(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        _ => throw Wrong(PathOf(name), "a number"),
    };

    /// <summary>A whole number, if it is one rather than a list or an object.</summary>
    public int? Integer(string name) => Find(name) is { ValueKind: JsonValueKind.Number } value
        ? value.TryGetInt32(out var number) ? number : throw Wrong(PathOf(name), "a whole number")
        : null;

    public ChannelValues? Channels(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3
            ? new ChannelValues(Single(value[0]), Single(value[1]), Single(value[2]))
            : throw Wrong(PathOf(name), "three numbers");

        float Single(JsonElement item) => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var number)
            ? number
            : throw Wrong(PathOf(name), "three numbers");
    }

    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _asked.Add(name);
    }

    public void RefuseUnknown()
    {
        foreach (var property in _object.EnumerateObject())
        {
            if (!_asked.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
                throw new InvalidDataException($"{PathOf(property.Name)} is not known here and may change the pixels");
        }
    }

    public InvalidDataException Error(string name, string problem) => new($"{PathOf(name)} {problem}");

    private static InvalidDataException Wrong(string path, string expected) =>
        new($"{(path.Length == 0 ? "the file" : path)} must be {expected}");

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
