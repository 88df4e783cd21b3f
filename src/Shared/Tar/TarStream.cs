namespace Clip.Shared.Tar;

/// <summary>The bytes of a shard, read once from its start to its end.</summary>
/// <param name="stream">The bytes, which this object disposes.</param>
/// <param name="cancellationToken">Ends reading.</param>
internal sealed class TarStream(Stream stream, CancellationToken cancellationToken) : IDisposable
{
    private const int SkippedAtOnce = 1 << 16;

    private byte[]? _skipped;

    /// <summary>Reads a byte.</summary>
    /// <exception cref="EndOfStreamException">There is none.</exception>
    public byte ReadByte() => stream.ReadByte() is var value and >= 0 ? (byte)value : throw new EndOfStreamException("It ends inside of an entry.");

    /// <summary>Fills a buffer.</summary>
    /// <exception cref="EndOfStreamException">There are fewer bytes.</exception>
    public void Read(Span<byte> buffer)
    {
        if (!TryRead(buffer))
            throw new EndOfStreamException("It ends inside of an entry.");
    }

    /// <summary>Fills a buffer, unless the shard ends just before it.</summary>
    /// <exception cref="EndOfStreamException">There are some bytes, but fewer.</exception>
    public bool TryRead(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read == buffer.Length)
            return true;
        return read == 0 ? false : throw new EndOfStreamException("It ends inside of an entry.");
    }

    /// <summary>Passes over bytes in no more memory than a few of them take.</summary>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public void Skip(long count)
    {
        if (count > SkippedAtOnce && stream.CanSeek)
        {
            if (stream.Length - stream.Position < count)
                throw new EndOfStreamException("It ends inside of an entry.");
            stream.Position += count;
            return;
        }
        for (_skipped ??= new byte[SkippedAtOnce]; count > 0; count -= Math.Min(count, SkippedAtOnce))
            Read(_skipped.AsSpan(0, (int)Math.Min(count, SkippedAtOnce)));
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
