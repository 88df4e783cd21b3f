using System.Buffers.Binary;

namespace Clip.Fuzz.Mutation;

/// <summary>Chunks of WebP, which is RIFF, with their lengths.</summary>
internal sealed class WebPMutator : PartsMutator
{
    private const int HeaderLength = 12;

    protected override List<Part>? Split(byte[] file)
    {
        var parts = new List<Part>();
        for (var place = HeaderLength; place + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(place + 4));
            if (length > file.Length - place - 8)
                return null;
            parts.Add(new Part(file[place..(place + 4)], file[(place + 8)..(place + 8 + (int)length)]));
            place += 8 + (int)length + (int)(length & 1);
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random)
    {
        using var chunks = new MemoryStream();
        foreach (var (name, data) in parts)
        {
            chunks.Write(name);
            chunks.Write(LittleEndian(Wrong(random, parts.Count) ? random.Next() : data.Length));
            chunks.Write(data);
            if (data.Length % 2 == 1)
                chunks.WriteByte(0);
        }
        return [.. "RIFF"u8, .. LittleEndian(Wrong(random) ? random.Next() : (int)chunks.Length + 4), .. "WEBP"u8, .. chunks.ToArray()];
    }

    private static byte[] LittleEndian(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
