using System.Text.Json;
using Clip.Shared;

namespace Clip.Preprocessing.Configuration;

/// <summary>One object of a config file. What is asked for is checked, and what nobody asked for is refused.</summary>
internal sealed class Settings : JsonSection
{
    public Settings(JsonElement element, string path)
        : base(path, element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Failure(path, Expected("an object", element));
    }

    public Settings? Section(string name) => Find(name) is { } value ? new Settings(value, PathOf(name)) : null;

    /// <summary>A whole number, if it is one rather than a list or an object.</summary>
    public int? Integer(string name) => Find(name) is { ValueKind: JsonValueKind.Number } ? OptionalInteger(name) : null;

    public ChannelValues? Channels(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3
            ? new ChannelValues(Single(value[0]), Single(value[1]), Single(value[2]))
            : throw Wrong(name, value, "three numbers");

        float Single(JsonElement item) => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var number)
            ? number
            : throw Wrong(name, value, "three numbers");
    }

    public void RefuseUnknown()
    {
        if (Unknown.FirstOrDefault() is { } unknown)
            throw new InvalidDataException($"{unknown} is not known here and may change the pixels");
    }

    public InvalidDataException Error(string name, string problem) => new($"{PathOf(name)} {problem}");

    /// <inheritdoc/>
    protected override Exception Failure(string place, string problem) =>
        new InvalidDataException($"{(place.Length == 0 ? "the file" : place)} is wrong: {problem}");
}
