namespace Clip.Checkpoints.Reading;

/// <summary>A little CPU memory through which elements pass on their way to another dtype, layout or device.</summary>
internal sealed class StagingBuffer : IDisposable
{
    private readonly StoredTensor _source;
    private readonly Tensor _memory;

    /// <summary>Makes room for a number of elements of a stored tensor.</summary>
    public StagingBuffer(StoredTensor source, long count)
    {
        _source = source;
        _memory = empty(count, source.Element.ReadAs, CPU);
        Count = count;
    }

    public delegate void ReadBytes(Span<byte> buffer);

    /// <summary>Elements there is room for.</summary>
    public long Count { get; }

    /// <summary>How many elements pass at a time: few enough to stay in a core's cache between reading and converting.</summary>
    public static long Capacity(ElementType element) => DataBlock.ChunkBytes / element.ReadSize;

    /// <summary>Reads elements to the front of the buffer.</summary>
    /// <param name="count">How many.</param>
    /// <param name="read">Fills a span with their bytes as stored.</param>
    /// <returns>A view of them, one-dimensional, in the dtype in memory.</returns>
    public Tensor Fill(long count, ReadBytes read)
    {
        var elements = _memory.narrow(0, 0, count);
        try
        {
            var bytes = elements.bytes;
            read(bytes[^checked((int)(count * _source.Element.Size))..]);
            if (_source.Element.Decode(bytes) is { } problem)
                throw _source.Error($"{problem}.");
            return elements;
        }
        catch
        {
            elements.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
