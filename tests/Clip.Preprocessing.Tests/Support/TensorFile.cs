using System.Buffers.Binary;
using System.Text.Json;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>The tensors of a safetensors file, as bytes.</summary>
internal sealed class TensorFile
{
    private readonly byte[] _bytes;
    private readonly JsonElement _header;
    private readonly int _data;

    public TensorFile(string path)
    {
        _bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        _header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _data = 8 + length;
    }

    public ReadOnlySpan<byte> this[string name]
    {
        get
        {
            var offsets = _header.GetProperty(name).GetProperty("data_offsets");
            int start = offsets[0].GetInt32(), end = offsets[1].GetInt32();
            return _bytes.AsSpan(_data + start, end - start);
        }
    }

    public int[] Shape(string name) => [.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
}
