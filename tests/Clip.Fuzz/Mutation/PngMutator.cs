using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Clip.Fuzz.Mutation;

/// <summary>Chunks of PNG with their checksums; pixels are also changed inside of their compressed stream.</summary>
internal sealed class PngMutator : PartsMutator
{
    private const int SignatureLength = 8;
    private const int ChunkOverhead = 12;

    protected override List<Part>? Split(byte[] file)
    {
        var parts = new List<Part>();
        for (var place = SignatureLength; place + ChunkOverhead <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(place));
            if (length > file.Length - place - ChunkOverhead)
                return null;
            parts.Add(new Part(file[(place + 4)..(place + 8)], file[(place + 8)..(place + 8 + (int)length)]));
            place += ChunkOverhead + (int)length;
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random)
    {
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n\u001a\n"u8]);
        foreach (var (name, data) in parts)
        {
            byte[] content = [.. name, .. data];
            file.Write(BigEndian((uint)(Wrong(random, parts.Count) ? random.Next() : data.Length)));
            file.Write(content);
            file.Write(BigEndian(Wrong(random, parts.Count) ? 0 : Crc32.HashToUInt32(content)));
        }
        return file.ToArray();
    }

    protected override byte[] MutateData(Part part, byte[] donor, Random random) =>
        part.Name.AsSpan().SequenceEqual("IDAT"u8) && random.Next(2) == 0 && Unpack(part.Data) is { Length: > 0 } rows
            ? Pack(BytesMutator.Instance.Mutate(rows, donor, random))
            : base.MutateData(part, donor, random);

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    // Null where the stream goes on in the next chunk.
    private static byte[]? Unpack(byte[] packed)
    {
        try
        {
            using var rows = new MemoryStream();
            using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            stream.CopyTo(rows);
            return rows.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static byte[] Pack(byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest))
            stream.Write(rows);
        return packed.ToArray();
    }
}
