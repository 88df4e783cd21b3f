using System.Buffers.Binary;

namespace Clip.Fuzz.Mutation;

/// <summary>The header of a safetensors file as JSON, with a length that fits; JSON inside of its metadata as well.</summary>
internal sealed class SafetensorsMutator : Mutator
{
    private readonly JsonMutator _json = new();

    public override byte[] Mutate(byte[] original, byte[] donor, Random random)
    {
        if (random.Next(8) == 0 || Split(original) is not var (header, data))
            return BytesMutator.Instance.Mutate(original, donor, random);
        var others = Split(donor) ?? (header, data);
        header = random.Next(5) > 0 ? _json.Mutate(header, others.Header, random) : header;
        data = random.Next(5) == 0 ? BytesMutator.Instance.Mutate(data, others.Data, random) : data;
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, random.Next(32) == 0 ? random.NextInt64() : header.Length);
        return [.. length, .. header, .. data];
    }

    private static (byte[] Header, byte[] Data)? Split(byte[] file)
    {
        if (file.Length < sizeof(long) || BinaryPrimitives.ReadInt64LittleEndian(file) is var length && (length < 0 || length > file.Length - sizeof(long)))
            return null;
        return (file[sizeof(long)..(int)(sizeof(long) + length)], file[(int)(sizeof(long) + length)..]);
    }
}
