using System.Text.Json;
using System.Text.Json.Serialization;
using Clip.Shared;
using Clip.Shared.VectorStores;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>The file that makes a folder a collection: its name, the properties of its records, and which log holds them.</summary>
/// <param name="Format">The version of the files.</param>
/// <param name="Name">The collection's name.</param>
/// <param name="Generation">The number of the log.</param>
/// <param name="Properties">The properties, in the order of their names.</param>
internal sealed record Schema(int Format, string Name, int Generation, IReadOnlyList<SchemaProperty> Properties)
{
    private const int CurrentFormat = 1;
    private const int MostBytes = 1 << 20;

    /// <summary>Of a new collection.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="model">The properties of its records.</param>
    public static Schema Of(string name, CollectionModel model) => new(CurrentFormat, name, 1,
    [
        .. model.Properties.Select(property => property switch
        {
            VectorPropertyModel vector => new SchemaProperty(vector.StorageName, "vector", "float16", vector.Dimensions, StoreDistance.Of(vector).Metric.ToString()),
            KeyPropertyModel key => new SchemaProperty(key.StorageName, "key", key.Type.Name, 0, null),
            _ => new SchemaProperty(property.StorageName, "data", TypeName(property.Type), 0, null),
        }).OrderBy(property => property.Name, StringComparer.Ordinal),
    ]);

    /// <summary>Reads the file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="InvalidDataException">It is none of this version.</exception>
    public static Schema Read(string path)
    {
        RegularFile.Require(path);
        if (new FileInfo(path).Length > MostBytes)
            throw new InvalidDataException($"It is longer than {MostBytes} bytes.");
        try
        {
            var schema = JsonSerializer.Deserialize(File.ReadAllBytes(path), SchemaJson.Default.Schema);
            if (schema is not { Format: CurrentFormat })
                throw new InvalidDataException($"It is of version {schema?.Format}; this library reads {CurrentFormat}.");
            return schema is { Name: not null, Properties: not null, Generation: > 0 } && schema.Properties.All(property => property is not null)
                ? schema
                : throw new InvalidDataException("It does not describe a collection.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"It is no JSON of a collection: {e.Message}", e);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">Its path.</param>
    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, SchemaJson.Default.Schema));

    /// <summary>How records of another schema differ from those of this one; null where they do not.</summary>
    /// <param name="other">The other schema.</param>
    public string? FindDifference(Schema other)
    {
        if (Name != other.Name)
            return $"it holds the collection '{Name}'";
        var mine = Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var property in other.Properties)
        {
            if (!mine.Remove(property.Name, out var stored))
                return $"it has no '{property.Name}'";
            if (stored != property)
                return $"its '{property.Name}' is {stored.Describe()}, and the record's is {property.Describe()}";
        }
        return mine.Count > 0 ? $"its '{mine.Keys.First()}' is not in the record" : null;
    }

    private static string TypeName(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string[]) || plain == typeof(List<string>) ? "Texts" : plain.Name;
    }
}

/// <summary>A property as it is stored.</summary>
/// <param name="Name">Its stored name.</param>
/// <param name="Kind">"key", "data" or "vector".</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Dimensions">Numbers of a vector; else 0.</param>
/// <param name="Metric">How vectors are compared; else null.</param>
internal sealed record SchemaProperty(string Name, string Kind, string Type, int Dimensions, string? Metric)
{
    /// <summary>In words.</summary>
    public string Describe() => Kind == "vector" ? $"a vector of {Dimensions}, compared by {Metric}" : $"{Kind} of type {Type}";
}

/// <summary>How schemas are written and read, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Schema))]
internal sealed partial class SchemaJson : JsonSerializerContext;
