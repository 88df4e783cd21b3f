using System.Buffers.Binary;
using System.Collections;
using System.Text.Json;
using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.Cli.Search;

/// <summary>The rows of an index's file where they lie in it.</summary>
internal sealed class MappedRows : IReadOnlyList<float[]>, IDisposable
{
    // Safetensors: the header's length, then the header, then the tensors, whose places are counted from there.
    private const int LengthBytes = 8;

    private readonly MappedVectors _vectors;

    private MappedRows(MappedVectors vectors, int count) => (_vectors, Count) = (vectors, count);

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Elements of a row.</summary>
    public int Size => _vectors.Size;

    /// <summary>A copy of a row.</summary>
    /// <param name="index">Its place.</param>
    public float[] this[int index] => Row(index, new float[Size]).ToArray();

    /// <summary>Maps the rows of a file whose header was looked at.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="count">Its rows, at least 1.</param>
    /// <param name="size">Elements of a row.</param>
    /// <param name="isHalf">Whether they are float16; float32 otherwise.</param>
    /// <exception cref="JsonException">The file has another header by now.</exception>
    public static MappedRows Open(string path, string tensor, int count, int size, bool isHalf)
    {
        using var file = RegularFile.OpenRead(path, bufferSize: 0);
        var length = new byte[LengthBytes];
        file.ReadExactly(length);
        var header = new byte[checked((int)BinaryPrimitives.ReadInt64LittleEndian(length))];
        file.ReadExactly(header);
        using var json = JsonDocument.Parse(header);
        var begin = LengthBytes + header.Length + json.RootElement.GetProperty(tensor).GetProperty("data_offsets")[0].GetInt64();
        if (begin < 0 || file.Length - begin < (long)count * MappedVectors.RowBytes(size, isHalf))
            throw new JsonException($"The rows of '{path}' end behind the file.");
        return new MappedRows(new MappedVectors(file.SafeFileHandle, begin, count, size, isHalf), count);
    }

    /// <summary>A row in float32: where it lies, or in the buffer.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="buffer">Room for one.</param>
    public ReadOnlySpan<float> Row(long index, Span<float> buffer) => _vectors.Row(index, buffer);

    /// <inheritdoc/>
    public IEnumerator<float[]> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
            yield return this[index];
    }

    /// <inheritdoc/>
    public void Dispose() => _vectors.Dispose();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
