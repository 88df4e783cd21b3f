using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Clip.Fuzz.Mutation;

/// <summary>Entries of an archive of torch.save, stored with checksums that fit; pickles among them are changed as pickles.</summary>
internal sealed class ZipMutator : PartsMutator
{
    private const ushort Utf8Names = 1 << 11;

    private readonly PickleMutator _pickles = new();

    protected override List<Part>? Split(byte[] file)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
            return [.. archive.Entries.Select(entry => new Part(Encoding.UTF8.GetBytes(entry.FullName), ReadAll(entry)))];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    protected override byte[] Join(List<Part> parts, Random random)
    {
        using var file = new MemoryStream();
        using var directory = new MemoryStream();
        foreach (var (name, data) in parts)
        {
            var start = (uint)file.Length;
            var fields = Fields(name, data, parts.Count, random);
            file.Write([.. "PK\u0003\u0004"u8, .. fields, .. name, .. data]);
            directory.Write([.. "PK\u0001\u0002"u8, 20, 0, .. fields, .. new byte[10], .. Number(Wrong(random, parts.Count) ? (uint)random.Next() : start), .. name]);
        }
        var count = BitConverter.GetBytes((ushort)(Wrong(random) ? random.Next(1 << 16) : parts.Count));
        var offset = Number((uint)(Wrong(random) ? random.Next() : file.Length));
        return [.. file.ToArray(), .. directory.ToArray(), .. "PK\u0005\u0006"u8, 0, 0, 0, 0, .. count, .. count, .. Number((uint)directory.Length), .. offset, 0, 0];
    }

    protected override byte[] MutateData(Part part, byte[] donor, Random random) =>
        part.Name.AsSpan().EndsWith(".pkl"u8) ? _pickles.Mutate(part.Data, donor, random) : base.MutateData(part, donor, random);

    private static byte[] ReadAll(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(content);
        return content.ToArray();
    }

    // Version, flags, method, time, date, checksum, both lengths, length of the name, no extra field.
    private static byte[] Fields(byte[] name, byte[] data, int count, Random random)
    {
        var fields = new byte[26];
        BinaryPrimitives.WriteUInt16LittleEndian(fields, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(fields.AsSpan(2), Wrong(random, count) ? (ushort)random.Next(1 << 16) : Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(fields.AsSpan(4), Wrong(random, count) ? (ushort)8 : (ushort)0);
        BinaryPrimitives.WriteUInt32LittleEndian(fields.AsSpan(10), Wrong(random, count) ? 0 : Crc32.HashToUInt32(data));
        BinaryPrimitives.WriteUInt32LittleEndian(fields.AsSpan(14), Wrong(random, count) ? (uint)random.Next() : (uint)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(fields.AsSpan(18), Wrong(random, count) ? (uint)random.Next() : (uint)data.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(fields.AsSpan(22), (ushort)name.Length);
        return fields;
    }

    private static byte[] Number(uint value) => BitConverter.GetBytes(value);
}
