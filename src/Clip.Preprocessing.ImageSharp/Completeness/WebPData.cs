using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing.ImageSharp.Completeness;

/// <summary>The chunks of a WebP file up to the one that holds its first frame (RFC 9649, section 2).</summary>
internal static class WebPData
{
    /// <summary>Requires that the chunk of the first frame is as long as it says.</summary>
    /// <exception cref="InvalidDataException">It is cut off.</exception>
    public static void Require(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        for (var at = 12L; ;)
        {
            var type = reader.Slice(at, 4);
            long length = reader.UInt32(at + 4);
            if (at + 8 + length > encoded.Length)
                throw new InvalidDataException("it is cut off");
            if (type.SequenceEqual("VP8 "u8) || type.SequenceEqual("VP8L"u8) || type.SequenceEqual("ANMF"u8))
                return;
            at += 8 + length + (length & 1);
        }
    }
}
