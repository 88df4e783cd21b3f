using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>Values to bytes: a byte for the type, then the value, little endian.</summary>
internal static class FieldWriter
{
    /// <summary>Writes a value of one of the types that records may have.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="value">The value.</param>
    public static void WriteField(this ArrayBufferWriter<byte> output, object? value)
    {
        switch (value)
        {
            case null:
                output.WriteByte((byte)FieldType.Null);
                break;
            case bool item:
                output.WriteType(FieldType.Boolean).WriteByte(item ? (byte)1 : (byte)0);
                break;
            case short item:
                output.WriteType(FieldType.Int16).WriteInt64(item);
                break;
            case int item:
                output.WriteType(FieldType.Int32).WriteInt64(item);
                break;
            case long item:
                output.WriteType(FieldType.Int64).WriteInt64(item);
                break;
            case ulong item:
                output.WriteType(FieldType.UInt64).WriteInt64(unchecked((long)item));
                break;
            case float item:
                output.WriteType(FieldType.Single).WriteInt64(BitConverter.SingleToInt32Bits(item));
                break;
            case double item:
                output.WriteType(FieldType.Double).WriteInt64(BitConverter.DoubleToInt64Bits(item));
                break;
            case decimal item:
                output.WriteType(FieldType.Decimal);
                foreach (var part in decimal.GetBits(item))
                    output.WriteInt32(part);
                break;
            case Guid item:
                item.TryWriteBytes(output.WriteType(FieldType.Guid).GetSpan(16));
                output.Advance(16);
                break;
            case DateTime item:
                output.WriteType(FieldType.DateTime).WriteInt64(item.Ticks);
                output.WriteByte((byte)item.Kind);
                break;
            case DateTimeOffset item:
                output.WriteType(FieldType.DateTimeOffset).WriteInt64(item.Ticks);
                output.WriteInt64(item.Offset.Ticks);
                break;
            case DateOnly item:
                output.WriteType(FieldType.DateOnly).WriteInt32(item.DayNumber);
                break;
            case byte[] item:
                output.WriteType(FieldType.Bytes).WriteBytes(item);
                break;
            case string item:
                output.WriteType(FieldType.Text).WriteText(item);
                break;
            case IReadOnlyCollection<string> items:
                output.WriteType(FieldType.Texts).WriteInt32(items.Count);
                foreach (var item in items)
                    output.WriteField(item);
                break;
            default:
                throw new ArgumentException($"Values of type {value.GetType().Name} are not stored.", nameof(value));
        }
    }

    /// <summary>Writes a byte.</summary>
    public static void WriteByte(this ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>Writes 32 bits.</summary>
    public static void WriteInt32(this ArrayBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    /// <summary>Writes 64 bits.</summary>
    public static void WriteInt64(this ArrayBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>Writes a text: its length in bytes, then UTF-8.</summary>
    /// <exception cref="ArgumentException">It has half of a surrogate pair, which UTF-8 has no bytes for.</exception>
    public static void WriteText(this ArrayBufferWriter<byte> output, string value) => output.WriteBytes(StrictUtf8.Encoding.GetBytes(value));

    private static void WriteBytes(this ArrayBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        output.WriteInt32(value.Length);
        output.Write(value);
    }

    private static ArrayBufferWriter<byte> WriteType(this ArrayBufferWriter<byte> output, FieldType type)
    {
        output.WriteByte((byte)type);
        return output;
    }
}
