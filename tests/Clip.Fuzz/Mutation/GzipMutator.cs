using System.IO.Compression;

namespace Clip.Fuzz.Mutation;

/// <summary>Changes what a gzip file holds, and packs it again.</summary>
internal sealed class GzipMutator(Mutator inner) : Mutator
{
    // What a cut or bent stream unpacks to is short; a donor of any length does no harm.
    private const int MostBytes = 1 << 22;

    public override byte[] Mutate(byte[] original, byte[] donor, Random random) =>
        random.Next(4) > 0 && Unpack(original) is { } content
            ? Pack(inner.Mutate(content, Unpack(donor) ?? [], random))
            : BytesMutator.Instance.Mutate(original, donor, random);

    /// <summary>Packs bytes.</summary>
    public static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(content);
        return packed.ToArray();
    }

    private static byte[]? Unpack(byte[] packed)
    {
        try
        {
            var content = new byte[MostBytes];
            using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            return content[..stream.ReadAtLeast(content, MostBytes, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
