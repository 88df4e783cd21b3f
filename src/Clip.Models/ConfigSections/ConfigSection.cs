using System.Text.Json;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Models;

/// <summary>One JSON object of a config file, read by name; what was not asked for can be refused.</summary>
/// <remarks>A value of the wrong kind is a <see cref="CheckpointException"/> that names the file and the setting.</remarks>
internal sealed class ConfigSection : JsonSection
{
    private readonly string _file;

    public ConfigSection(string file, string path, JsonElement element)
        : base(path, element)
    {
        _file = file;
        if (element.ValueKind != JsonValueKind.Object)
            throw Failure(path, Expected("an object", element));
    }

    /// <summary>A whole number.</summary>
    public int Integer(string name, int fallback) => OptionalInteger(name) ?? fallback;

    /// <summary>A whole number that has no default.</summary>
    public int Integer(string name) => OptionalInteger(name) ?? throw Error(name, "it is missing");

    /// <summary>A number.</summary>
    public double Number(string name, double fallback) => OptionalNumber(name) ?? fallback;

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
                : throw Wrong(name, item, "a list of whole numbers"))
            .ToArray();
    }

    public ConfigSection? Section(string name) =>
        Find(name) is { } value ? new ConfigSection(_file, PathOf(name), value) : null;

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
        var unknown = Unknown.ToArray();
        if (unknown.Length > 0)
        {
            throw new CheckpointException(
                _file, $"has settings that are not known here and may change what the network computes: {string.Join(", ", unknown)}.");
        }
    }

    public CheckpointException Error(string name, string problem) => new(_file, $"is wrong at {PathOf(name)}: {problem}.");

    /// <inheritdoc/>
    protected override Exception Failure(string place, string problem) =>
        new CheckpointException(_file, $"is wrong{(place.Length == 0 ? "" : $" at {place}")}: {problem}.");
}
