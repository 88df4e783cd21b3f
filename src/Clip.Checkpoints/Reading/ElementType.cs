using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Clip.Checkpoints.Reading;

/// <summary>How one element is stored in a file, and the dtype libtorch sees it as.</summary>
/// <param name="Name">PyTorch's name of it.</param>
/// <param name="Size">Bytes per element in the file.</param>
/// <param name="ReadAs">The dtype in memory.</param>
/// <param name="ReadSize">Bytes per element in memory; at least <paramref name="Size"/>.</param>
internal sealed record ElementType(string Name, int Size, ScalarType ReadAs, int ReadSize)
{
    public static readonly ElementType Float64 = new("float64", 8, ScalarType.Float64, 8);
    public static readonly ElementType Float32 = new("float32", 4, ScalarType.Float32, 4);
    public static readonly ElementType Float16 = new("float16", 2, ScalarType.Float16, 2);
    public static readonly ElementType BFloat16 = new("bfloat16", 2, ScalarType.BFloat16, 2);
    public static readonly ElementType Int64 = new("int64", 8, ScalarType.Int64, 8);
    public static readonly ElementType Int32 = new("int32", 4, ScalarType.Int32, 4);
    public static readonly ElementType Int16 = new("int16", 2, ScalarType.Int16, 2);
    public static readonly ElementType Int8 = new("int8", 1, ScalarType.Int8, 1);
    public static readonly ElementType UInt8 = new("uint8", 1, ScalarType.Byte, 1);
    public static readonly ElementType Bool = new("bool", 1, ScalarType.Bool, 1);

    // TorchSharp has no unsigned types beyond a byte: the next wider signed type holds their values.
    public static readonly ElementType UInt16 = new("uint16", 2, ScalarType.Int32, 4);
    public static readonly ElementType UInt32 = new("uint32", 4, ScalarType.Int64, 8);
    public static readonly ElementType UInt64 = new("uint64", 8, ScalarType.Int64, 8);

    /// <summary>Whether the file's bytes are the memory's bytes as they are, so that nothing has to look at them.</summary>
    public bool IsPlain => this != Bool && this != UInt16 && this != UInt32 && this != UInt64;

    /// <summary>Turns elements as stored into elements as libtorch wants them, in place.</summary>
    /// <param name="memory">Space for the elements in memory, whose last bytes are the elements as stored.</param>
    /// <returns>What is wrong with a value, or null.</returns>
    public string? Decode(Span<byte> memory)
    {
        if (IsPlain)
            return null;

        // Stored elements sit at the end, so that widening from the front never overwrites what is still to be read.
        var count = memory.Length / ReadSize;
        var stored = memory[^(count * Size)..];
        if (this == Bool)
            return stored.ContainsAnyExceptInRange((byte)0, (byte)1) ? "a boolean is neither 0 nor 1" : null;

        if (this == UInt16)
        {
            var wide = MemoryMarshal.Cast<byte, int>(memory);
            for (var i = 0; i < count; i++)
                wide[i] = BinaryPrimitives.ReadUInt16LittleEndian(stored[(i * sizeof(ushort))..]);
            return null;
        }

        var values = MemoryMarshal.Cast<byte, long>(memory);
        if (this == UInt32)
        {
            for (var i = 0; i < count; i++)
                values[i] = BinaryPrimitives.ReadUInt32LittleEndian(stored[(i * sizeof(uint))..]);
            return null;
        }
        return values.ContainsAnyInRange(long.MinValue, -1) ? "a uint64 value is above the largest int64" : null;
    }
}
