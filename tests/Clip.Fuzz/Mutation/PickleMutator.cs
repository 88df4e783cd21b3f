using System.Buffers.Binary;

namespace Clip.Fuzz.Mutation;

/// <summary>Instructions of a pickle, each with its argument.</summary>
/// <remarks>Source: Python's pickletools, protocols 0 to 5. The name of a part is the instruction, its data the argument with its length.</remarks>
internal sealed class PickleMutator : PartsMutator
{
    protected override List<Part>? Split(byte[] file)
    {
        var parts = new List<Part>();
        for (var place = 0; place < file.Length;)
        {
            var end = place + 1 + ArgumentLength(file[place], file.AsSpan(place + 1));
            if (end <= place || end > file.Length)
                return parts;
            parts.Add(new Part([file[place]], file[(int)(place + 1)..(int)end]));
            place = (int)end;
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random) => [.. parts.SelectMany(part => part.Name.Concat(part.Data))];

    // Long.MinValue where the argument is cut off.
    private static long ArgumentLength(byte instruction, ReadOnlySpan<byte> rest) => instruction switch
    {
        (byte)'F' or (byte)'I' or (byte)'L' or (byte)'P' or (byte)'S' or (byte)'V' or (byte)'g' or (byte)'p' => Lines(rest, 1),
        (byte)'i' or (byte)'c' => Lines(rest, 2),
        (byte)'K' or (byte)'h' or (byte)'q' or 0x80 or 0x82 => 1,
        (byte)'M' or 0x83 => 2,
        (byte)'J' or (byte)'j' or (byte)'r' or 0x84 => 4,
        (byte)'G' or 0x95 => 8,
        (byte)'U' or (byte)'C' or 0x8A or 0x8C => rest.Length >= 1 ? 1 + rest[0] : long.MinValue,
        (byte)'T' or (byte)'X' or (byte)'B' or 0x8B => rest.Length >= 4 ? 4 + (long)BinaryPrimitives.ReadUInt32LittleEndian(rest) : long.MinValue,
        0x8D or 0x8E or 0x96 => rest.Length >= 8 && BinaryPrimitives.ReadInt64LittleEndian(rest) is >= 0 and < int.MaxValue and var length ? 8 + length : long.MinValue,
        _ => 0,
    };

    private static long Lines(ReadOnlySpan<byte> rest, int lines)
    {
        var length = 0;
        for (; lines > 0; lines--)
        {
            var end = rest[length..].IndexOf((byte)'\n');
            if (end < 0)
                return long.MinValue;
            length += end + 1;
        }
        return length;
    }
}
