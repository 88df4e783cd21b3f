using System.Buffers.Binary;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>Bytes to values. Nothing is read past the end, and no memory is taken for what is not there.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads a value.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public object? ReadField()
    {
        var type = (FieldType)ReadByte();
        return type switch
        {
            FieldType.Null => null,
            FieldType.Boolean => ReadByte() switch { 0 => false, 1 => true, _ => throw Invalid("a truth value that is neither") },
            FieldType.Int16 => Within(ReadInt64(), short.MinValue, short.MaxValue, value => (short)value),
            FieldType.Int32 => Within(ReadInt64(), int.MinValue, int.MaxValue, value => (int)value),
            FieldType.Int64 => ReadInt64(),
            FieldType.UInt64 => unchecked((ulong)ReadInt64()),
            FieldType.Single => BitConverter.Int32BitsToSingle(unchecked((int)ReadInt64())),
            FieldType.Double => BitConverter.Int64BitsToDouble(ReadInt64()),
            FieldType.Decimal => ReadDecimal(),
            FieldType.Guid => new Guid(ReadBytes(16)),
            FieldType.DateTime => ReadDateTime(),
            FieldType.DateTimeOffset => ReadDateTimeOffset(),
            FieldType.DateOnly => Within(ReadInt32(), DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber, value => DateOnly.FromDayNumber((int)value)),
            FieldType.Bytes => ReadBytes(ReadInt32()).ToArray(),
            FieldType.Text => ReadText(),
            FieldType.Texts => ReadTexts(),
            _ => throw Invalid($"a value of type {(byte)type}, which there is not"),
        };
    }

    /// <summary>Reads a byte.</summary>
    public byte ReadByte() => ReadBytes(1)[0];

    /// <summary>Reads 32 bits.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4));

    /// <summary>Reads 64 bits.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    /// <summary>Reads bytes.</summary>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _rest.Length)
            throw Invalid($"{count} bytes where {_rest.Length} are left");
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>Reads a text.</summary>
    public string ReadText()
    {
        try
        {
            return StrictUtf8.Encoding.GetString(ReadBytes(ReadInt32()));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("It has a text that is not UTF-8.", e);
        }
    }

    private static InvalidDataException Invalid(string what) => new($"It has {what}.");

    private static object Within(long value, long least, long most, Func<long, object> convert) =>
        value >= least && value <= most ? convert(value) : throw Invalid($"the number {value} where {least} to {most} fit");

    private List<string?> ReadTexts()
    {
        var count = ReadInt32();
        if (count < 0 || count > _rest.Length)
            throw Invalid($"{count} texts where {_rest.Length} bytes are left");
        var texts = new List<string?>(count);
        for (var i = 0; i < count; i++)
            texts.Add(ReadField() switch { string text => text, null => null, _ => throw Invalid("a list of texts with something else") });
        return texts;
    }

    private decimal ReadDecimal()
    {
        var parts = new[] { ReadInt32(), ReadInt32(), ReadInt32(), ReadInt32() };
        try
        {
            return new decimal(parts);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("It has a decimal number that is none.", e);
        }
    }

    private DateTime ReadDateTime()
    {
        var (ticks, kind) = (ReadInt64(), ReadByte());
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks && kind <= (byte)DateTimeKind.Local
            ? new DateTime(ticks, (DateTimeKind)kind)
            : throw Invalid("a time that is none");
    }

    private DateTimeOffset ReadDateTimeOffset()
    {
        try
        {
            return new DateTimeOffset(ReadInt64(), new TimeSpan(ReadInt64()));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("It has a time that is none.", e);
        }
    }
}
