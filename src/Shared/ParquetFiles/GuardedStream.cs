namespace Clip.Shared.ParquetFiles;

/// <summary>A file whose reader cannot go round in circles: it may read so many bytes, and the end is an error where it asks for a byte.</summary>
/// <param name="file">The file, which is borrowed.</param>
internal sealed class GuardedStream(Stream file) : Stream
{
    private long _allowance;
    private CancellationToken _cancelled;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    /// <summary>Sets how many bytes may be read from now on, and what ends the reading.</summary>
    public void Allow(long bytes, CancellationToken cancelled) => (_allowance, _cancelled) = (bytes, cancelled);

    public override int ReadByte()
    {
        Charge(1);
        return file.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException("it ends too early");
    }

    public override int Read(Span<byte> buffer)
    {
        Charge(1);
        var count = file.Read(buffer);
        Charge(count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Charge(int bytes)
    {
        _cancelled.ThrowIfCancellationRequested();
        _allowance -= bytes;
        if (_allowance < 0)
            throw new InvalidDataException("its pages lead in circles");
    }
}
