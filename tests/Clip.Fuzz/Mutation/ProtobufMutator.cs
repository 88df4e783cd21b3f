namespace Clip.Fuzz.Mutation;

/// <summary>Fields of a protocol buffer's outermost message, with their lengths.</summary>
internal sealed class ProtobufMutator : PartsMutator
{
    protected override List<Part>? Split(byte[] file)
    {
        var parts = new List<Part>();
        for (var place = 0; place < file.Length;)
        {
            var start = place;
            // SentencePiece's outermost fields are messages.
            if (ReadNumber(file, ref place) is not { } tag || (tag & 7) != 2)
                return null;
            var name = file[start..place];
            if (ReadNumber(file, ref place) is not { } length || length > (ulong)(file.Length - place))
                return null;
            parts.Add(new Part(name, file[place..(place + (int)length)]));
            place += (int)length;
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random) =>
        [.. parts.SelectMany(part => (byte[])[.. part.Name, .. Number(Wrong(random, parts.Count) ? (uint)random.Next() : (uint)part.Data.Length), .. part.Data])];

    private static ulong? ReadNumber(byte[] file, ref int place)
    {
        var number = 0UL;
        for (var shift = 0; shift < 64 && place < file.Length; shift += 7)
        {
            var value = file[place++];
            number |= (ulong)(value & 0x7F) << shift;
            if (value < 0x80)
                return number;
        }
        return null;
    }

    private static byte[] Number(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
