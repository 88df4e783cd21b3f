using System.Buffers.Binary;

namespace Clip.Preprocessing.Decoding;

/// <summary>Reads numbers at places of a file that may end too early.</summary>
internal readonly ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length;

    public byte this[long at] => Slice(at, 1)[0];

    public ReadOnlySpan<byte> Slice(long at, long length) =>
        at >= 0 && length >= 0 && at + length <= _bytes.Length
            ? _bytes.Slice((int)at, (int)length)
            : throw new InvalidDataException("it is cut off in its header");

    public ushort BigUInt16(long at) => BinaryPrimitives.ReadUInt16BigEndian(Slice(at, 2));

    public uint BigUInt32(long at) => BinaryPrimitives.ReadUInt32BigEndian(Slice(at, 4));

    public ushort UInt16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2));

    public int UInt24(long at) => UInt16(at) | this[at + 2] << 16;

    public uint UInt32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4));
}
