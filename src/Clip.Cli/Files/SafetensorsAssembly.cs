using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Clip.Cli.Files;

/// <summary>Writes a safetensors file whose tensors and names lie in spools: memory holds none of them.</summary>
/// <remarks>Source: the format description in huggingface/safetensors, README, "Format". All tensors are float32.</remarks>
internal sealed class SafetensorsAssembly : IDisposable
{
    // The reference reader refuses longer headers: huggingface/safetensors, MAX_HEADER_SIZE.
    private const long MostHeaderBytes = 100_000_000;

    private readonly string _path;
    private readonly Spool _metadata;
    private readonly Spool _tensors;
    private readonly List<Spool> _data = [];
    private long _position;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its path.</param>
    public SafetensorsAssembly(string path)
    {
        _path = path;
        _metadata = new Spool(path);
        _tensors = new Spool(path);
    }

    /// <summary>Adds text to the metadata.</summary>
    public void AddMetadata(string key, string value)
    {
        BeginMetadata(key);
        WriteText(_metadata, JsonEncodedText.Encode(value, Json.Encoder).ToString());
        EndMetadata();
    }

    /// <summary>Adds a JSON array of texts to the metadata, which itself is text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="names">The array's items.</param>
    public void AddMetadata(string key, NameSpool names)
    {
        BeginMetadata(key);
        names.CopyTo(_metadata);
        EndMetadata();
    }

    /// <summary>Adds a tensor whose elements follow those of the last one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    public void AddTensor(string name, params ReadOnlySpan<long> shape)
    {
        long length = sizeof(float);
        foreach (var size in shape)
            length = checked(length * size);
        var text = new StringBuilder(_tensors.Length == 0 ? "" : ",");
        text.Append(Json.Quote(name)).Append(":{\"dtype\":\"F32\",\"shape\":[");
        for (var i = 0; i < shape.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{shape[i]}");
        text.Append(CultureInfo.InvariantCulture, $"],\"data_offsets\":[{_position},{_position + length}]}}");
        WriteText(_tensors, text.ToString());
        _position += length;
    }

    /// <summary>Adds elements of the tensors, in the order of the tensors.</summary>
    /// <param name="data">The elements; not disposed.</param>
    public void AddData(Spool data) => _data.Add(data);

    /// <summary>Writes the file and gives it its name.</summary>
    /// <exception cref="FailureException">There are more names than the format can hold.</exception>
    public void Commit()
    {
        var prefix = _metadata.Length == 0 ? "{" : "{\"__metadata__\":{";
        var middle = _metadata.Length == 0 ? "" : _tensors.Length == 0 ? "}" : "},";
        var length = prefix.Length + _metadata.Length + middle.Length + _tensors.Length + 1;
        var padding = (int)(-length & 7);
        if (length + padding > MostHeaderBytes)
        {
            throw new FailureException(
                $"'{_path}' cannot be written as safetensors: the names take {length:N0} bytes, and headers hold {MostHeaderBytes:N0}. "
                + "Split the inputs, or write .npy or .jsonl.");
        }

        using var output = OutputFile.Create(_path);
        Span<byte> lengthBytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(lengthBytes, length + padding);
        output.Stream.Write(lengthBytes);
        output.Stream.Write(Encoding.ASCII.GetBytes(prefix));
        _metadata.CopyTo(output.Stream);
        output.Stream.Write(Encoding.ASCII.GetBytes(middle));
        _tensors.CopyTo(output.Stream);
        output.Stream.Write(Encoding.ASCII.GetBytes("}" + new string(' ', padding)));
        foreach (var data in _data)
            data.CopyTo(output.Stream);
        output.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metadata.Dispose();
        _tensors.Dispose();
    }

    private static void WriteText(Spool spool, string text) => spool.Write(Encoding.UTF8.GetBytes(text));

    private void BeginMetadata(string key) =>
        WriteText(_metadata, (_metadata.Length == 0 ? "" : ",") + Json.Quote(key) + ":\"");

    private void EndMetadata() => WriteText(_metadata, "\"");
}
