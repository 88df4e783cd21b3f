using System.Buffers.Binary;

namespace Clip.Fuzz.Mutation;

/// <summary>The footer of a Parquet file, which holds its schema and where its pages are, with a length that fits; or its pages.</summary>
internal sealed class ParquetMutator : Mutator
{
    private const int Tail = 8;

    public override byte[] Mutate(byte[] original, byte[] donor, Random random)
    {
        if (random.Next(4) == 0 || Split(original) is not var (pages, footer))
            return BytesMutator.Instance.Mutate(original, donor, random);
        var others = Split(donor) ?? (pages, footer);
        if (random.Next(4) > 0)
            footer = BytesMutator.Instance.Mutate(footer, others.Footer, random);
        else
            pages = BytesMutator.Instance.Mutate(pages, others.Pages, random);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, random.Next(32) == 0 ? random.Next() : footer.Length);
        return [.. pages, .. footer, .. length, .. "PAR1"u8];
    }

    private static (byte[] Pages, byte[] Footer)? Split(byte[] file)
    {
        if (file.Length < Tail || BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - Tail)) is var length && (length < 0 || length > file.Length - Tail))
            return null;
        return (file[..(file.Length - Tail - length)], file[(file.Length - Tail - length)..(file.Length - Tail)]);
    }
}
