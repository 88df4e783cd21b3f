using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Clip.Cli;

/// <summary>An object of a JSON document: names with their values, in the order in which they are written.</summary>
internal sealed class JsonFields
{
    private readonly OrderedDictionary<string, object?> _fields = new(StringComparer.Ordinal);

    /// <summary>Adds a field.</summary>
    /// <param name="name">Its name.</param>
    /// <value>Text, a number, a truth value, an enumeration's, other fields, what is left out, a list or a dictionary of such; or null.</value>
    public object? this[string name]
    {
        set => _fields.Add(name, value);
    }

    /// <summary>Writes any value that a field may have.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="value">The value.</param>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            // JSON has no numbers for these; they are named.
            case float or double: json.WriteStringValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)); break;
            case Enum name: json.WriteStringValue(name.ToString()); break;
            case LeftOut leftOut: Write(json, new JsonFields { ["input"] = leftOut.Input, ["error"] = leftOut.Error }); break;
            case JsonFields fields: WriteObject(json, fields._fields); break;
            case IReadOnlyDictionary<string, string> texts: WriteObject(json, texts); break;
            case IReadOnlyDictionary<string, double> numbers: WriteObject(json, numbers); break;
            case float[] numbers: WriteArray(json, numbers); break;
            case IEnumerable items: WriteArray(json, items); break;
            default: throw new ArgumentException($"A value of type {value.GetType()} has no place in JSON.", nameof(value));
        }
    }

    private static void WriteObject<T>(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, T>> fields)
    {
        json.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }
        json.WriteEndObject();
    }

    // Rows of embeddings: without an object for each number.
    private static void WriteArray(Utf8JsonWriter json, float[] numbers)
    {
        json.WriteStartArray();
        foreach (var number in numbers)
        {
            if (float.IsFinite(number))
                json.WriteNumberValue(number);
            else
                Write(json, number);
        }
        json.WriteEndArray();
    }

    private static void WriteArray(Utf8JsonWriter json, IEnumerable items)
    {
        json.WriteStartArray();
        foreach (var item in items)
            Write(json, item);
        json.WriteEndArray();
    }
}
