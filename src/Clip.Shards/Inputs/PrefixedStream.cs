using Clip.Shared;

namespace Clip.Shards.Inputs;

/// <summary>Bytes that were read to look at them, and the rest of their stream.</summary>
/// <param name="prefix">The bytes.</param>
/// <param name="rest">The rest, which this object disposes.</param>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
{
    private int _taken;

    public override int Read(Span<byte> buffer)
    {
        if (_taken == prefix.Length)
            return rest.Read(buffer);
        var count = Math.Min(buffer.Length, prefix.Length - _taken);
        prefix.Span.Slice(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rest.Dispose();
        base.Dispose(disposing);
    }
}
