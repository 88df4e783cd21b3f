using Clip.Shared;

namespace Clip.Checkpoints.Reading;

/// <summary>Copies a stored tensor into a tensor in memory.</summary>
/// <remarks>
/// Bytes that need no change go from the file straight into the destination. Everything else passes through a small
/// staging tensor in the file's dtype, from which libtorch's own <c>copy_</c> converts, so conversions round as PyTorch does.
/// </remarks>
internal static class TensorCopy
{
    // A span holds at most 2 GiB.
    private const long DirectBytes = 1L << 30;

    // Memory is made ready and filled while it is in the second cache.
    private const int PieceBytes = 1 << 18;

    /// <summary>Copies all elements; the shapes are equal.</summary>
    public static void Copy(StoredTensor source, Tensor destination)
    {
        if (source.Count == 0)
            return;

        using var noGradients = no_grad();
        if (!source.IsContiguous || !destination.is_contiguous())
        {
            StridedCopy.Copy(source, destination);
            return;
        }

        using var flat = destination.view(-1);
        var sequence = new SequentialRead(source);
        var isDirect = source.Element.IsPlain && destination.dtype == source.Element.ReadAs && destination.device_type == DeviceType.CPU;
        if (isDirect)
            ReadInto(sequence, flat, source.Element.Size);
        else
            ReadThroughStaging(source, sequence, flat);
        sequence.Complete();
    }

    private static void ReadInto(SequentialRead sequence, Tensor flat, int elementSize)
    {
        var count = flat.numel();
        var step = DirectBytes / elementSize;
        for (var start = 0L; start < count; start += step)
        {
            using var part = flat.narrow(0, start, Math.Min(step, count - start));
            var bytes = part.bytes;
            while (!bytes.IsEmpty)
            {
                var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
                FreshMemory.Populate(piece);
                sequence.Read(piece);
                bytes = bytes[piece.Length..];
            }
        }
    }

    private static void ReadThroughStaging(StoredTensor source, SequentialRead sequence, Tensor flat)
    {
        using var staging = new StagingBuffer(source, Math.Min(StagingBuffer.Capacity(flat.device_type), source.Count));
        for (var start = 0L; start < source.Count; start += staging.Count)
        {
            var count = Math.Min(staging.Count, source.Count - start);
            using var elements = staging.Fill(count, sequence.Read);
            using var part = flat.narrow(0, start, count);
            part.copy_(elements);
        }
    }
}
