using System.IO.Hashing;

namespace Clip.Checkpoints.Reading;

/// <summary>Reads one contiguous tensor front to back, comparing the checksum on the way where the tensor is the whole block.</summary>
internal sealed class SequentialRead
{
    private readonly DataBlock _block;
    private readonly Crc32? _checksum;
    private long _offset;

    public SequentialRead(StoredTensor tensor)
    {
        _block = tensor.Block;
        _offset = tensor.Offset * tensor.Element.Size;
        if (!_block.NeedsChecksum)
            return;

        if (tensor.Count * tensor.Element.Size == _block.Length)
            _checksum = new Crc32();
        else
            _block.Verify();
    }

    /// <summary>Fills a buffer with the next bytes.</summary>
    public void Read(Span<byte> buffer)
    {
        // A checksum is computed over pieces that are still in the cache.
        var piece = _checksum is null ? buffer.Length : DataBlock.ChunkBytes;
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(piece, buffer.Length)];
            _block.Read(part, _offset);
            _checksum?.Append(part);
            _offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    /// <summary>Compares the checksum; called once everything was read.</summary>
    public void Complete()
    {
        if (_checksum is not null)
            _block.Compare(_checksum);
    }
}
