using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Clip.Checkpoints.Safetensors;

namespace Clip.Checkpoints.Writing;

/// <summary>Writes objects of a safetensors header, in memory of some entries whatever their number.</summary>
/// <param name="stream">Where to; it stays open.</param>
internal sealed class SafetensorsHeaderWriter(Stream stream)
{
    // Written to the stream when they are more; a few hundred entries.
    private const int MostPending = 1 << 16;

    // Tensors start at multiples of this, so that any element type is aligned when the file is mapped.
    private const int Alignment = 8;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Managed memory alone. Disposing it would write once more, which of an abandoned file on a full disk nobody wants.
    private readonly Utf8JsonWriter _json = new(stream, Options);

    /// <summary>Begins the header.</summary>
    public void Begin() => _json.WriteStartObject();

    /// <summary>Begins the object with the metadata.</summary>
    public void BeginMetadata() => _json.WriteStartObject(SafetensorsHeader.MetadataKey);

    /// <summary>Adds text to the metadata.</summary>
    public void AddMetadata(string key, string value)
    {
        _json.WriteString(key, value);
        FlushPending();
    }

    /// <summary>Adds text of any length to the metadata.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">UTF-8 from its position to its end.</param>
    public void AddMetadata(string key, Stream text)
    {
        _json.WritePropertyName(key);
        var piece = new byte[MostPending];
        int count;
        while ((count = text.Read(piece)) > 0)
        {
            _json.WriteStringValueSegment(piece.AsSpan(0, count), isFinalSegment: false);
            FlushPending();
        }
        _json.WriteStringValueSegment(ReadOnlySpan<byte>.Empty, isFinalSegment: true);
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">The format's name of its dtype.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="offset">Where its bytes begin, from the end of the header.</param>
    /// <param name="length">How many they are.</param>
    public void AddTensor(string name, string dtype, ReadOnlySpan<long> shape, long offset, long length)
    {
        _json.WriteStartObject(name);
        _json.WriteString("dtype", dtype);
        _json.WriteStartArray("shape");
        foreach (var size in shape)
            _json.WriteNumberValue(size);
        _json.WriteEndArray();
        _json.WriteStartArray("data_offsets");
        _json.WriteNumberValue(offset);
        _json.WriteNumberValue(checked(offset + length));
        _json.WriteEndArray();
        _json.WriteEndObject();
        FlushPending();
    }

    /// <summary>Ends the metadata or the header.</summary>
    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Adds spaces after the header, up to where tensors may begin.</summary>
    /// <exception cref="ArgumentException">Readers refuse a header of this length.</exception>
    public void Pad()
    {
        stream.Write(new byte[] { 32, 32, 32, 32, 32, 32, 32 }, 0, (int)(-stream.Length & (Alignment - 1)));
        if (stream.Length > SafetensorsReader.LongestHeader)
        {
            throw new ArgumentException(
                $"The header would take {stream.Length:N0} bytes, more than the {SafetensorsReader.LongestHeader:N0} that readers accept.");
        }
    }

    /// <summary>Checks that a file can hold a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parameter">What the caller called it.</param>
    /// <exception cref="ArgumentException">It holds half of a surrogate pair.</exception>
    public static void CheckText(string text, string parameter)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"{Reading.Text.Quote(text)} holds half of a surrogate pair, which no file can hold.", parameter, e);
        }
    }

    /// <summary>Checks that a tensor can have a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="parameter">What the caller called it.</param>
    /// <exception cref="ArgumentException">It is reserved, or holds half of a surrogate pair.</exception>
    public static void CheckTensorName(string name, string parameter)
    {
        CheckText(name, parameter);
        if (name == SafetensorsHeader.MetadataKey)
            throw new ArgumentException($"'{name}' is reserved for the header's metadata.", parameter);
    }

    private void FlushPending()
    {
        if (_json.BytesPending > MostPending)
            _json.Flush();
    }
}
