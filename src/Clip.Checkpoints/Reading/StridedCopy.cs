namespace Clip.Checkpoints.Reading;

/// <summary>Copies a tensor whose elements are spread over its block, or whose destination is a view, in slabs.</summary>
/// <remarks>
/// Dimensions are taken in the order of the file, largest stride first, so that a slab, as many outer steps as fit in the
/// staging buffer, is one read of one run of bytes. Slabs do not overlap, so no byte is read twice.
/// </remarks>
internal sealed class StridedCopy : IDisposable
{
    // An overlapping view (a sliding window) is read in one piece; none is known in a checkpoint.
    private const long LongestOverlappingBytes = 64L << 20;

    private readonly StoredTensor _source;
    private readonly long[] _sizes;
    private readonly long[] _strides;

    // For each dimension, the run of elements that it and those inside it reach over.
    private readonly long[] _extents;
    private readonly StagingBuffer _staging;

    private StridedCopy(StoredTensor source, long[] sizes, long[] strides, DeviceType device)
    {
        _source = source;
        _sizes = sizes;
        _strides = strides;
        _extents = new long[sizes.Length + 1];
        _extents[^1] = 1;
        for (var i = sizes.Length - 1; i >= 0; i--)
            _extents[i] = _extents[i + 1] + ((sizes[i] - 1) * strides[i]);

        var room = Overlaps ? OverlappingRoom() : StagingBuffer.Capacity(device);
        _staging = new StagingBuffer(source, Math.Min(room, _extents[0]));
    }

    private bool Overlaps =>
        Enumerable.Range(0, _sizes.Length).Any(i => _sizes[i] > 1 && _strides[i] > 0 && _strides[i] < _extents[i + 1]);

    /// <summary>Copies all elements; there is at least one.</summary>
    public static void Copy(StoredTensor source, Tensor destination)
    {
        source.Block.Verify();

        var sizes = source.Info.Shape;
        var strides = source.Strides.Select((stride, i) => sizes[i] == 1 ? 0 : stride).ToArray();
        var order = Enumerable.Range(0, sizes.Count).OrderByDescending(i => strides[i]).ToArray();

        using var copy = new StridedCopy(source, [.. order.Select(i => sizes[i])], [.. order.Select(i => strides[i])], destination.device_type);
        using var inFileOrder = destination.permute([.. order.Select(i => (long)i)]);
        copy.CopyFrom(0, source.Offset, inFileOrder);
    }

    /// <inheritdoc/>
    public void Dispose() => _staging.Dispose();

    private void CopyFrom(int dimension, long offset, Tensor destination)
    {
        if (_extents[dimension] <= _staging.Count)
        {
            CopySlab(dimension, offset, destination);
            return;
        }

        var stride = _strides[dimension];
        var inner = _extents[dimension + 1];
        if (inner > _staging.Count)
        {
            for (var i = 0L; i < _sizes[dimension]; i++)
            {
                using var step = destination.select(0, i);
                CopyFrom(dimension + 1, offset + (i * stride), step);
            }
            return;
        }

        var steps = 1 + ((_staging.Count - inner) / stride);
        for (var start = 0L; start < _sizes[dimension]; start += steps)
        {
            using var slab = destination.narrow(0, start, Math.Min(steps, _sizes[dimension] - start));
            CopySlab(dimension, offset + (start * stride), slab);
        }
    }

    private void CopySlab(int dimension, long offset, Tensor destination)
    {
        var shape = destination.shape;
        var extent = shape.Length == 0 ? 1 : _extents[dimension + 1] + ((shape[0] - 1) * _strides[dimension]);

        using var run = _staging.Fill(extent, buffer => _source.Block.Read(buffer, offset * _source.Element.Size));
        using var elements = run.as_strided(shape, _strides[dimension..]);
        destination.copy_(elements);
    }

    private long OverlappingRoom() =>
        _extents[0] * _source.Element.ReadSize <= LongestOverlappingBytes
            ? _extents[0]
            : throw _source.Error(
                $"its elements overlap each other (shape {Text.Shape(_sizes)}, strides {Text.Shape(_strides)}). Save it contiguous.");
}
