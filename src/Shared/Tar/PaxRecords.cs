using System.Globalization;
using System.Text;

namespace Clip.Shared.Tar;

/// <summary>What pax says of the entry after it, as far as it matters here.</summary>
/// <remarks>
/// Records, "length key=value\n", are read one by one, so that attributes of any length cost no memory. Source: POSIX.1-2017, pax, "pax
/// Extended Header"; GNU tar manual 1.35, "Storing Sparse Files".
/// </remarks>
/// <param name="Path">The name; null where the header has it.</param>
/// <param name="Size">Bytes of the data; null where the header has it.</param>
/// <param name="IsSparse">Whether the data are those of a sparse file, in GNU's form.</param>
internal readonly record struct PaxRecords(string? Path, long? Size, bool IsSparse)
{
    private const int MaxKeyLength = 256;
    private const int MaxDigits = 18;

    /// <summary>Reads the data of an extended header.</summary>
    /// <param name="stream">Stands at the first record.</param>
    /// <param name="length">Bytes of all records.</param>
    /// <exception cref="InvalidDataException">They are no records.</exception>
    public static PaxRecords Read(TarStream stream, long length)
    {
        var records = default(PaxRecords);
        while (length > 0)
        {
            var first = stream.ReadByte();
            length--;
            // Some programs fill the block.
            if (first == 0)
            {
                stream.Skip(length);
                break;
            }
            var (left, digits) = ReadLength(stream, first);
            left -= digits;
            length -= digits - 1;
            if (left < 1 || left > length)
                throw new InvalidDataException("An extended header has a record of impossible length.");
            length -= left;
            records = records.With(stream, left);
        }
        return records;
    }

    private static (long Length, int Digits) ReadLength(TarStream stream, byte digit)
    {
        var length = 0L;
        for (var digits = 1; digits <= MaxDigits; digits++)
        {
            if (digit == ' ')
                return (length, digits);
            if (digit is not (>= (byte)'0' and <= (byte)'9'))
                break;
            length = length * 10 + (digit - '0');
            digit = stream.ReadByte();
        }
        throw new InvalidDataException("An extended header has a record without a length.");
    }

    // The rest of a record: key=value and a line feed.
    private PaxRecords With(TarStream stream, long left)
    {
        var key = new StringBuilder();
        while (left > 1 && key.Length < MaxKeyLength)
        {
            left--;
            if (stream.ReadByte() is var character && character == '=')
                return WithValue(stream, key.ToString(), left);
            key.Append((char)character);
        }
        stream.Skip(left);
        return this;
    }

    private PaxRecords WithValue(TarStream stream, string key, long left)
    {
        var limit = key switch { "path" => TarNames.MaxBytes, "size" => MaxDigits, _ => -1 };
        if (limit < 0)
        {
            stream.Skip(left);
            return key.StartsWith("GNU.sparse.", StringComparison.Ordinal) ? this with { IsSparse = true } : this;
        }
        if (left - 1 > limit)
            throw new InvalidDataException($"An extended header has a {key} of {left - 1:N0} bytes, more than {limit:N0}.");
        var value = new byte[left - 1];
        stream.Read(value);
        stream.Skip(1);
        if (key == "path")
            return this with { Path = TarNames.Decode(value) };
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? this with { Size = size }
            : throw new InvalidDataException("An extended header has a size that is no number.");
    }
}
