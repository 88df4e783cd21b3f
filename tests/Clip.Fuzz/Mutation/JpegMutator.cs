using System.Buffers.Binary;

namespace Clip.Fuzz.Mutation;

/// <summary>Segments of JPEG with their lengths. The entropy-coded data after a scan header belongs to that segment's part.</summary>
internal sealed class JpegMutator : PartsMutator
{
    private const byte StartOfScan = 0xDA;

    protected override List<Part>? Split(byte[] file)
    {
        if (file is not [0xFF, 0xD8, ..])
            return null;
        var parts = new List<Part>();
        for (var place = 2; place + 4 <= file.Length && file[place] == 0xFF && file[place + 1] != 0xD9;)
        {
            var end = place + 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(place + 2));
            if (end > file.Length || end < place + 4)
                break;
            var header = end;
            if (file[place + 1] == StartOfScan)
            {
                // To the next marker that is neither a stuffed zero nor a restart.
                while (end + 1 < file.Length && !(file[end] == 0xFF && file[end + 1] is not (0 or (>= 0xD0 and <= 0xD7))))
                    end++;
            }
            // Of a scan the name holds the header, so that the length that is written covers no more.
            parts.Add(file[place + 1] == StartOfScan
                ? new Part(file[(place + 1)..header], file[header..end])
                : new Part([file[place + 1]], file[(place + 4)..end]));
            place = end;
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random)
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        foreach (var (name, data) in parts)
        {
            file.WriteByte(0xFF);
            file.Write(name);
            if (name is not [StartOfScan, ..])
            {
                var length = Wrong(random, parts.Count) ? random.Next(1 << 16) : data.Length + 2;
                file.Write([(byte)(length >> 8), (byte)length]);
            }
            file.Write(data);
        }
        if (!Wrong(random))
            file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }
}
