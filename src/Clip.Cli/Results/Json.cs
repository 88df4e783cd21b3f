using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Clip.Cli;

/// <summary>How the tool writes JSON: camelCase, characters as they are, enumerations by name.</summary>
internal static class Json
{
    /// <summary>Not for HTML: captions in any script stay readable.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>A text as JSON, quotation marks included.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, Encoder)}\"";

    /// <summary>Writes one document, indented, and a line break.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="value">What <see cref="JsonFields"/> can hold.</param>
    public static void WriteDocument(ToolConsole console, object value) => console.Output.WriteLine(Format(value, isIndented: true));

    /// <summary>Writes one line of JSON Lines.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">What <see cref="JsonFields"/> can hold.</param>
    public static void WriteLine(TextWriter writer, object value) => writer.WriteLine(Format(value, isIndented: false));

    private static string Format(object value, bool isIndented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder, Indented = isIndented }))
            JsonFields.Write(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
