using System.Buffers.Binary;
using System.Collections;
using System.Runtime.InteropServices;
using System.Text.Json;
using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.Cli.Search;

/// <summary>The rows of an index's file where they lie in it, so that a search reads what it needs and no memory is taken for a million of them.</summary>
internal sealed class MappedRows : IReadOnlyList<float[]>, IDisposable
{
    // Safetensors: the header's length, then the header, then the tensors, whose places are counted from there.
    private const int LengthBytes = 8;

    private readonly MappedBytes _bytes;
    private readonly int _size;

    private MappedRows(MappedBytes bytes, int count, int size)
    {
        _bytes = bytes;
        _size = size;
        Count = count;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>A copy of a row.</summary>
    /// <param name="index">Its place.</param>
    public float[] this[int index] => Row(index).ToArray();

    /// <summary>Maps the rows of a file whose header was looked at.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="count">Its rows, at least 1.</param>
    /// <param name="size">Elements of a row, in float32.</param>
    /// <exception cref="JsonException">The file has another header by now.</exception>
    public static MappedRows Open(string path, string tensor, int count, int size)
    {
        using var file = RegularFile.OpenRead(path, bufferSize: 0);
        var length = new byte[LengthBytes];
        file.ReadExactly(length);
        var header = new byte[checked((int)BinaryPrimitives.ReadInt64LittleEndian(length))];
        file.ReadExactly(header);
        using var json = JsonDocument.Parse(header);
        var begin = LengthBytes + header.Length + json.RootElement.GetProperty(tensor).GetProperty("data_offsets")[0].GetInt64();
        var bytes = (long)count * size * sizeof(float);
        if (begin < 0 || file.Length - begin < bytes)
            throw new JsonException($"The rows of '{path}' end behind the file.");
        return new MappedRows(new MappedBytes(file.SafeFileHandle, begin, bytes), count, size);
    }

    /// <summary>A row.</summary>
    /// <param name="index">Its place.</param>
    public ReadOnlySpan<float> Row(long index) => MemoryMarshal.Cast<byte, float>(_bytes.Slice(index * _size * sizeof(float), _size * sizeof(float)));

    /// <inheritdoc/>
    public IEnumerator<float[]> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
            yield return this[index];
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
