using System.Buffers.Binary;

namespace Clip.Shared.Tar;

/// <summary>The block in front of an entry of a tar file.</summary>
/// <remarks>Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual 1.35, "Basic Tar Format".</remarks>
/// <param name="Name">The name, as far as it fits into the block.</param>
/// <param name="Type">What the entry is.</param>
/// <param name="Size">Bytes of its data.</param>
/// <param name="HasSparseBlock">Whether a block of GNU's map of a sparse file follows.</param>
internal readonly record struct TarHeader(string Name, char Type, long Size, bool HasSparseBlock)
{
    public const int BlockSize = 512;

    public const char GnuSparse = 'S';

    private const int ChecksumStart = 148;
    private const int ChecksumLength = 8;

    /// <summary>Whether the entry has the data of a file, which GNU's sparse files have in a form of their own.</summary>
    public bool IsFile => Type is '0' or '7' || (Type == '\0' && !Name.EndsWith('/'));

    /// <summary>Whether data follows: links, devices and folders have none, whatever size they state.</summary>
    public bool HasData => Type is not (>= '1' and <= '6') && !(Type == '\0' && Name.EndsWith('/'));

    /// <summary>Reads a block.</summary>
    /// <returns>Null for the zeros after the last entry.</returns>
    /// <exception cref="InvalidDataException">It is no such block.</exception>
    public static TarHeader? Read(ReadOnlySpan<byte> block)
    {
        if (!block.ContainsAnyExcept((byte)0))
            return null;
        RequireChecksum(block);
        var name = TarNames.Decode(block[..100]);
        if (block.Slice(257, 6).SequenceEqual("ustar\0"u8) && TarNames.Decode(block.Slice(345, 155)) is { Length: > 0 } prefix)
            name = $"{prefix}/{name}";
        var type = (char)block[156];
        return new TarHeader(name, type, ReadNumber(block.Slice(124, 12)), type == GnuSparse && block[482] != 0);
    }

    private static void RequireChecksum(ReadOnlySpan<byte> block)
    {
        // The checksum counts as spaces. Old programs have summed signed bytes.
        long unsigned = ChecksumLength * ' ', signed = unsigned;
        for (var place = 0; place < BlockSize; place++)
        {
            if (place is >= ChecksumStart and < ChecksumStart + ChecksumLength)
                continue;
            unsigned += block[place];
            signed += (sbyte)block[place];
        }
        var stated = ReadNumber(block.Slice(ChecksumStart, ChecksumLength));
        if (stated != unsigned && stated != signed)
            throw new InvalidDataException("The header of an entry does not match its checksum.");
    }

    // Octal digits; or, of GNU and star, a binary number after a set bit.
    private static long ReadNumber(ReadOnlySpan<byte> field)
    {
        if (field[0] >= 0x80)
        {
            var high = field[..^sizeof(long)];
            var isSmall = high is [0x80, ..] && !high[1..].ContainsAnyExcept((byte)0);
            var value = field.Length > sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(field[^sizeof(long)..]) : -1;
            return isSmall && value >= 0 ? value : throw new InvalidDataException("The header of an entry states an impossible number.");
        }
        var number = 0L;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is not (>= (byte)'0' and <= (byte)'7'))
                throw new InvalidDataException("The header of an entry has a number that is none.");
            number = number * 8 + (digit - '0');
        }
        return number;
    }
}
