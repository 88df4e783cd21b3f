using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clip.Cli;

/// <summary>How the tool writes JSON: camelCase, characters as they are, enumerations by name.</summary>
internal static class Json
{
    /// <summary>One document, indented.</summary>
    public static readonly JsonSerializerOptions Document = new(JsonSerializerDefaults.Web)
    {
        // Not HTML: captions in any script stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>One line of JSON Lines.</summary>
    public static readonly JsonSerializerOptions Line = new(Document) { WriteIndented = false };

    /// <summary>A text as JSON, quotation marks included.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, Line.Encoder)}\"";

    /// <summary>Writes one document and a line break.</summary>
    public static void WriteDocument<T>(ToolConsole console, T value) => console.Output.WriteLine(JsonSerializer.Serialize(value, Document));

    /// <summary>Writes one line.</summary>
    public static void WriteLine<T>(TextWriter writer, T value) => writer.WriteLine(JsonSerializer.Serialize(value, Line));
}
