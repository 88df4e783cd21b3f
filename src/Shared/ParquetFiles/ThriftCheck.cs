namespace Clip.Shared.ParquetFiles;

/// <summary>Takes the numbers of a struct that was checked, by field: 1 for true, -1 for false, 0 where a field is not there.</summary>
internal delegate void ThriftNumbers(string name, ReadOnlySpan<long> numbers);

/// <summary>Checks that bytes are structs of Thrift's compact protocol as <see cref="ThriftSchema"/> declares them.</summary>
/// <remarks>
/// Parquet.Net reads without looking at types and ends: an integer that runs over the end of the footer is read for ever, and so are
/// lists that claim billions of elements. Bytes that pass here have no such place. Time and memory are in proportion to the bytes.
/// </remarks>
/// <param name="bytes">The bytes, which may go on behind the struct.</param>
/// <param name="numbers">Gets the numbers of each struct at its end.</param>
internal ref struct ThriftCheck(ReadOnlySpan<byte> bytes, ThriftNumbers numbers)
{
    // What the structs become in memory is a hundred times what an empty one takes here.
    private const int MostStructs = 4_000_000;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _structs;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the last check failed because the bytes ended.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Checks a struct.</summary>
    /// <param name="name">Its name in <see cref="ThriftSchema"/>.</param>
    /// <exception cref="InvalidDataException">The bytes are no such struct.</exception>
    public void Struct(string name)
    {
        if (++_structs > MostStructs)
            throw new InvalidDataException($"its metadata has more than {MostStructs:N0} structs");
        var fields = ThriftSchema.FieldsOf(name);
        Span<long> found = stackalloc long[ThriftSchema.FieldCount];
        long number = 0;
        while (Byte() is var header && header != (byte)ThriftType.Stop)
        {
            number = header >> 4 is var step and not 0 ? number + step : Integer();
            var type = (ThriftType)(header & 15);
            var field = number is >= 0 and < ThriftSchema.FieldCount ? fields[(int)number] : null;
            if (field is null)
                Unknown(name, number, type);
            else if (field.IsList && type == ThriftType.List)
                Elements(name, number, field);
            else if (!field.IsList && (type == field.Type || type == ThriftType.False && field.Type == ThriftType.True))
                found[(int)number] = Value(field, type);
            else
                throw Wrong(name, number, type);
        }
        numbers(name, found);
    }

    private static InvalidDataException Wrong(string name, long field, ThriftType type) => new($"field {field} of {name} in its metadata has type {type}");

    // A later version of the format may have more fields; what Parquet.Net skips rightly are values without structs.
    private void Unknown(string name, long number, ThriftType type)
    {
        if (type is ThriftType.True or ThriftType.False)
            return;
        if (type is < ThriftType.I8 or > ThriftType.Binary)
            throw Wrong(name, number, type);
        Value(new ThriftField(type, null, IsList: false), type);
    }

    private void Elements(string name, long number, ThriftField field)
    {
        var header = Byte();
        long count = header >> 4;
        if (count == 15)
            count = Unsigned();
        var type = (ThriftType)(header & 15);
        if (type != field.Type && count > 0)
            throw Wrong(name, number, type);
        // An element is at least a byte.
        Require(count);
        for (var element = 0L; element < count; element++)
            Value(field, type);
    }

    private long Value(ThriftField field, ThriftType type)
    {
        switch (type)
        {
            case ThriftType.True:
                return 1;
            case ThriftType.False:
                return -1;
            case ThriftType.I8:
                return (sbyte)Byte();
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                var value = Integer();
                var bits = type == ThriftType.I16 ? 16 : type == ThriftType.I32 ? 32 : 64;
                return bits == 64 || value == value << (64 - bits) >> (64 - bits) ? value : throw new InvalidDataException($"its metadata has {value} as a number of {bits} bits");
            case ThriftType.Double:
                Skip(sizeof(double));
                return 0;
            case ThriftType.Binary:
                Skip(Unsigned());
                return 0;
            default:
                Struct(field.Struct!);
                return 0;
        }
    }

    private long Integer()
    {
        var value = Unsigned(signed: true);
        return (long)((ulong)value >> 1) ^ -(value & 1);
    }

    // Lengths and counts have 31 bits, numbers 64.
    private long Unsigned(bool signed = false)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return signed || value <= int.MaxValue ? (long)value : throw new InvalidDataException($"its metadata has a length of {value:N0}");
        }
        throw new InvalidDataException("its metadata has a number of more than ten bytes");
    }

    private byte Byte()
    {
        Require(1);
        return _bytes[Position++];
    }

    private void Skip(long count)
    {
        Require(count);
        Position += (int)count;
    }

    private void Require(long count)
    {
        if (count <= _bytes.Length - Position)
            return;
        IsCutOff = true;
        throw new InvalidDataException($"its metadata ends where {count:N0} more bytes should be");
    }
}
