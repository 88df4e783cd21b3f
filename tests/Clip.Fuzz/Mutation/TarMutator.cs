using System.Text;

namespace Clip.Fuzz.Mutation;

/// <summary>Entries of a tar file, with sizes and checksums that fit.</summary>
internal sealed class TarMutator : PartsMutator
{
    private const int Block = 512;
    private const int SizeField = 124;
    private const int ChecksumField = 148;

    protected override List<Part>? Split(byte[] file)
    {
        var parts = new List<Part>();
        for (var place = 0; place + Block <= file.Length && file[place] != 0;)
        {
            var digits = Encoding.ASCII.GetString(file, place + SizeField, 11).Trim('\0', ' ');
            if (digits.Length == 0 || digits.Any(digit => digit is < '0' or > '7') || Convert.ToInt64(digits, 8) is var size && size > file.Length - place - Block)
                return null;
            parts.Add(new Part(file[place..(place + Block)], file[(place + Block)..(int)(place + Block + size)]));
            place += Block + (int)((size + Block - 1) / Block * Block);
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random)
    {
        using var file = new MemoryStream();
        foreach (var (name, data) in parts)
        {
            var header = new byte[Block];
            name.AsSpan(0, Math.Min(name.Length, Block)).CopyTo(header);
            if (!Wrong(random, parts.Count))
                WriteOctal(header, SizeField, 11, data.Length);
            if (!Wrong(random, parts.Count))
                WriteChecksum(header);
            file.Write(header);
            file.Write(data);
            file.Write(new byte[(Block - data.Length % Block) % Block]);
        }
        if (!Wrong(random))
            file.Write(new byte[2 * Block]);
        return file.ToArray();
    }

    private static void WriteChecksum(byte[] header)
    {
        header.AsSpan(ChecksumField, 8).Fill((byte)' ');
        WriteOctal(header, ChecksumField, 6, header.Sum(value => value));
        header[ChecksumField + 6] = 0;
    }

    private static void WriteOctal(byte[] header, int place, int digits, long number) =>
        Encoding.ASCII.GetBytes(Convert.ToString(number, 8).PadLeft(digits, '0')).CopyTo(header, place);
}
