using System.IO.Hashing;

namespace Clip.Checkpoints.Reading;

/// <summary>A run of bytes in a file or in memory that tensors lie in, with the checksum that its container recorded, if any.</summary>
/// <remarks>
/// A recorded checksum is compared before anything from the block is handed out: while reading, when a tensor covers the
/// whole block, else in one pass of its own before the first tensor.
/// </remarks>
internal sealed class DataBlock
{
    /// <summary>How much is read at a time where a checksum is computed on the way; fits in a core's cache.</summary>
    public const int ChunkBytes = 1 << 18;

    private readonly byte[]? _bytes;
    private readonly uint? _checksum;
    private readonly string _name;
    private readonly Lock _gate = new();
    private volatile bool _verified;

    /// <summary>Describes a run of bytes.</summary>
    /// <param name="file">The file it is in.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <param name="position">Its first byte in the file.</param>
    /// <param name="length">Its bytes; the caller has checked that the file has them.</param>
    /// <param name="checksum">The CRC-32 that was recorded for it.</param>
    public DataBlock(CheckpointFile file, string name, long position, long length, uint? checksum = null)
    {
        File = file;
        Position = position;
        Length = length;
        _name = name;
        _checksum = checksum;
        _verified = checksum is null;
    }

    /// <summary>Wraps bytes that were read and checked already.</summary>
    /// <param name="file">The file they came from.</param>
    /// <param name="bytes">The bytes.</param>
    public DataBlock(CheckpointFile file, byte[] bytes)
        : this(file, "", 0, bytes.Length) => _bytes = bytes;

    /// <summary>The file it is in.</summary>
    public CheckpointFile File { get; }

    /// <summary>Its first byte in the file.</summary>
    public long Position { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Whether its checksum has still to be compared.</summary>
    public bool NeedsChecksum => !_verified;

    /// <summary>Fills a buffer from a place in the block.</summary>
    public void Read(Span<byte> buffer, long offset)
    {
        if (_bytes is null)
            File.Read(buffer, Position + offset);
        else
            _bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }

    /// <summary>Reads the whole block once and compares its checksum, unless that was done before.</summary>
    public void Verify()
    {
        if (_verified)
            return;

        lock (_gate)
        {
            if (_verified)
                return;
            var checksum = new Crc32();
            var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(ChunkBytes, Length));
            for (var offset = 0L; offset < Length; offset += buffer.Length)
            {
                var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - offset));
                Read(chunk, offset);
                checksum.Append(chunk);
            }
            Compare(checksum);
        }
    }

    /// <summary>Compares the checksum of bytes that were read with the recorded one.</summary>
    /// <param name="computed">The checksum over the whole block.</param>
    public void Compare(Crc32 computed)
    {
        if (computed.GetCurrentHashAsUInt32() != _checksum)
        {
            throw File.Error(
                $"is damaged: the bytes of {Text.Quote(_name)} at {Position:N0} do not match their CRC-32.", "Download or copy it again.");
        }
        _verified = true;
    }
}
