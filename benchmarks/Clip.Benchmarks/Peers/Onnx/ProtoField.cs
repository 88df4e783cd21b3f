using System.Text;

namespace Clip.Benchmarks.Peers.Onnx;

/// <summary>A field of a protocol buffers message, in which numbers and nested messages are still bytes.</summary>
/// <remarks>Format: Protocol Buffers, "Encoding".</remarks>
/// <param name="Number">Which field it is.</param>
/// <param name="WireType">How it is written: 0 for a varint, 1 and 5 for 8 and 4 bytes, 2 for bytes with a length.</param>
/// <param name="Bytes">Its content, of a varint the bytes as they are written.</param>
internal readonly record struct ProtoField(int Number, int WireType, ReadOnlyMemory<byte> Bytes)
{
    private const int Varint = 0, EightBytes = 1, Length = 2, FourBytes = 5;

    /// <summary>Its content as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Its content as a number.</summary>
    public long Value => (long)ReadVarint(Bytes, 0).Value;

    /// <summary>A field of text.</summary>
    public static ProtoField Of(int number, string text) => new(number, Length, Encoding.UTF8.GetBytes(text));

    /// <summary>A field of a number.</summary>
    public static ProtoField Of(int number, long value)
    {
        using var bytes = new MemoryStream();
        WriteVarint(bytes, (ulong)value);
        return new(number, Varint, bytes.ToArray());
    }

    /// <summary>A field of bytes.</summary>
    public static ProtoField Of(int number, byte[] bytes) => new(number, Length, bytes);

    /// <summary>A field of a nested message.</summary>
    public static ProtoField Of(int number, IEnumerable<ProtoField> message) => new(number, Length, Write(message));

    /// <summary>Reads the fields of a message.</summary>
    public static List<ProtoField> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<ProtoField>();
        for (var i = 0; i < message.Length;)
        {
            (var key, i) = ReadVarint(message, i);
            var wireType = (int)(key & 7);
            var start = i;
            switch (wireType)
            {
                case Varint:
                    i = ReadVarint(message, i).End;
                    break;
                case EightBytes:
                    i += 8;
                    break;
                case FourBytes:
                    i += 4;
                    break;
                case Length:
                    (var length, start) = ReadVarint(message, i);
                    i = start + checked((int)length);
                    break;
                default:
                    throw new InvalidDataException($"A field is written in the way {wireType}.");
            }
            fields.Add(new((int)(key >> 3), wireType, message[start..i]));
        }
        return fields;
    }

    /// <summary>Reads numbers that stand in one field of bytes.</summary>
    public static long[] ReadPacked(ReadOnlyMemory<byte> bytes)
    {
        var numbers = new List<long>();
        for (var i = 0; i < bytes.Length;)
        {
            (var number, i) = ReadVarint(bytes, i);
            numbers.Add((long)number);
        }
        return [.. numbers];
    }

    /// <summary>Writes a message.</summary>
    public static byte[] Write(IEnumerable<ProtoField> fields)
    {
        using var bytes = new MemoryStream();
        foreach (var field in fields)
        {
            WriteVarint(bytes, ((ulong)field.Number << 3) | (uint)field.WireType);
            if (field.WireType == Length)
                WriteVarint(bytes, (ulong)field.Bytes.Length);
            bytes.Write(field.Bytes.Span);
        }
        return bytes.ToArray();
    }

    private static (ulong Value, int End) ReadVarint(ReadOnlyMemory<byte> bytes, int start)
    {
        var value = 0UL;
        for (var i = start; ; i++)
        {
            var next = bytes.Span[i];
            value |= (ulong)(next & 0x7F) << (7 * (i - start));
            if (next < 0x80)
                return (value, i + 1);
        }
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}
