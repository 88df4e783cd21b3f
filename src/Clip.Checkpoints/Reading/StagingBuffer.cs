namespace Clip.Checkpoints.Reading;

/// <summary>A little CPU memory through which elements pass on their way to another dtype, layout or device.</summary>
internal sealed class StagingBuffer : IDisposable
{
    // Below libtorch's grain of 32,768 elements copy_ stays on the calling thread. Above it, it wakes a team of threads for
    // every piece, and on a busy machine waits for them: a first load of float16 then took seven times as long. Small buffers
    // also leave small gaps in the heap where they are freed between tensors that stay.
    private const long CpuElements = 32_256;

    // A copy to another device costs a round trip.
    private const long DeviceElements = 1 << 18;

    private readonly StoredTensor _source;
    private readonly Tensor _memory;

    /// <summary>Makes room for a number of elements of a stored tensor.</summary>
    /// <param name="source">The tensor.</param>
    /// <param name="count">How many.</param>
    public StagingBuffer(StoredTensor source, long count)
    {
        _source = source;
        _memory = empty(count, source.Element.ReadAs, CPU);
        Count = count;
    }

    public delegate void ReadBytes(Span<byte> buffer);

    /// <summary>How many elements pass at a time between the CPU and a device.</summary>
    public static long Capacity(DeviceType device) => device == DeviceType.CPU ? CpuElements : DeviceElements;

    /// <summary>Elements there is room for.</summary>
    public long Count { get; }

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
