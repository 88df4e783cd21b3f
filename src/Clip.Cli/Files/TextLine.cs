using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Clip.Cli.Files;

/// <summary>Reads the text of a line of JSON Lines.</summary>
internal static class TextLine
{
    /// <summary>The string under a key.</summary>
    /// <param name="line">One JSON object; what else it holds is passed over.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="FormatException">The line is not such an object; the message says how.</exception>
    public static string Parse(ReadOnlyMemory<byte> line, string key)
    {
        if (!Utf8.IsValid(line.Span))
            throw new FormatException("this is not UTF-8. Save the file as UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(key, out var value))
                throw new FormatException($"this is not an object with \"{key}\".");
            return value.ValueKind == JsonValueKind.String ? GetString(value) : throw new FormatException($"\"{key}\" is not a string.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"this is not JSON: {e.Message}", e);
        }
    }

    private static string GetString(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Python writes and reads lone halves of surrogate pairs, .NET refuses them; the tokenizer knows what they become.
            return Unescape(value.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }
            var escape = raw[++i];
            if (escape == 'u')
            {
                text.Append((char)ushort.Parse(raw.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(escape switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escape });
            }
        }
        return text.ToString();
    }
}
