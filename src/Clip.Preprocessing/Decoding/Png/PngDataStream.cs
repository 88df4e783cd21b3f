using Clip.Shared;

namespace Clip.Preprocessing.Decoding;

/// <summary>The compressed data of a PNG file: its IDAT chunks one after another, each with its checksum compared.</summary>
internal sealed unsafe class PngDataStream : ReadOnlyStream
{
    private readonly byte* _encoded;
    private readonly int _length;
    private long _at;
    private int _leftInChunk;

    /// <summary>Reads from the first data chunk.</summary>
    /// <param name="encoded">The file, which stays where it is.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="firstChunk">Where the first data chunk begins, with its length.</param>
    public PngDataStream(byte* encoded, int length, long firstChunk)
    {
        _encoded = encoded;
        _length = length;
        _at = firstChunk;
        OpenChunk();
    }

    private ReadOnlySpan<byte> Encoded => new(_encoded, _length);

    public override int Read(Span<byte> buffer)
    {
        while (_leftInChunk == 0)
        {
            // The checksum lies between the chunks.
            _at += sizeof(uint);
            if (!OpenChunk())
            {
                _at -= sizeof(uint);
                return 0;
            }
        }
        var count = Math.Min(buffer.Length, _leftInChunk);
        Encoded.Slice((int)_at, count).CopyTo(buffer);
        _at += count;
        _leftInChunk -= count;
        return count;
    }

    private bool OpenChunk()
    {
        if (_at + 8 > _length)
            return false;
        var reader = new ByteReader(Encoded);
        var length = reader.BigUInt32(_at);
        if (!reader.Slice(_at + 4, 4).SequenceEqual("IDAT"u8))
            return false;
        if (PngChecksum.Compute(reader.Slice(_at + 4, 4L + length)) != reader.BigUInt32(_at + 8 + length))
            throw new InvalidDataException("its data is damaged (a checksum is wrong)");
        _at += 8;
        _leftInChunk = (int)length;
        return true;
    }
}
