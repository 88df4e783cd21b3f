using System.Text.Json;

namespace Clip.Cli.Files;

/// <summary>Names set aside on disk as a JSON array that stands inside a JSON string.</summary>
/// <param name="outputPath">The path of the file that will take them.</param>
internal sealed class NameSpool(string outputPath) : IDisposable
{
    private readonly Spool _spool = new(outputPath);

    /// <summary>Appends a name.</summary>
    public void Add(string name)
    {
        var item = Json.Quote(name);
        var escaped = JsonEncodedText.Encode(item, Json.Encoder);
        if (_spool.Length > 0)
            _spool.Write(","u8);
        _spool.Write(escaped.EncodedUtf8Bytes);
    }

    /// <summary>Copies the array.</summary>
    /// <param name="destination">Where to.</param>
    public void CopyTo(Spool destination)
    {
        destination.Write("["u8);
        _spool.CopyTo(destination);
        destination.Write("]"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _spool.Dispose();
}
