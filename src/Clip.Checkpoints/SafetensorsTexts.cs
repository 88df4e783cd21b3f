using System.Text.Encodings.Web;
using System.Text.Json;
using Clip.Checkpoints.Writing;

namespace Clip.Checkpoints;

/// <summary>A list of texts in the metadata of a <see cref="SafetensorsStream"/>, which come one by one.</summary>
public sealed class SafetensorsTexts
{
    private const int MostPending = 1 << 16;

    private readonly Spool _spool;
    private readonly Utf8JsonWriter _json;

    internal SafetensorsTexts(string key, Spool spool)
    {
        Key = key;
        _spool = spool;
        _json = new Utf8JsonWriter(spool.Stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartArray();
    }

    /// <summary>The key of the metadata.</summary>
    public string Key { get; }

    /// <summary>Adds a text; half of a surrogate pair in it becomes U+FFFD.</summary>
    /// <param name="text">The text.</param>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _json.WriteStringValue(text);
        if (_json.BytesPending > MostPending)
            _json.Flush();
    }

    /// <summary>Ends the list.</summary>
    /// <returns>All of it as JSON, from its beginning.</returns>
    internal Stream Finish()
    {
        _json.WriteEndArray();
        _json.Flush();
        return _spool.Rewind();
    }

    // The writer has managed memory alone, and would write once more.
    internal void Dispose() => _spool.Dispose();
}
