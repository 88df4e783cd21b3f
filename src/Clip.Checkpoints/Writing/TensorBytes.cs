using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Writing;

/// <summary>Writes a tensor's elements in row-major order, whatever its device and layout.</summary>
internal static class TensorBytes
{
    private const long DirectBytes = 1L << 30;

    /// <summary>Appends all elements to a file.</summary>
    public static void Write(NamedTensor named, Stream file)
    {
        if (named.ByteLength == 0)
            return;

        using var noGradients = no_grad();
        var isContiguous = named.Tensor.is_contiguous();
        using var source = isContiguous ? named.Tensor.view(-1) : named.Tensor.alias();
        if (isContiguous && source.device_type == DeviceType.CPU)
        {
            Slabs(source, DirectBytes / named.ElementSize, slab => file.Write(slab.bytes));
            return;
        }

        var capacity = Math.Min(StagingBuffer.Capacity(source.device_type), source.numel());
        using var staging = empty(capacity, source.dtype, CPU);
        Slabs(source, capacity, slab =>
        {
            using var part = staging.narrow(0, 0, slab.numel());
            using var shaped = part.view(slab.shape);
            shaped.copy_(slab);
            file.Write(part.bytes);
        });
    }

    // Visits the tensor in row-major order, in pieces of at most so many elements.
    private static void Slabs(Tensor tensor, long capacity, Action<Tensor> visit)
    {
        var count = tensor.numel();
        if (count <= capacity)
        {
            visit(tensor);
            return;
        }

        var rows = tensor.shape[0];
        var rowCount = count / rows;
        var step = Math.Max(capacity / rowCount, 1);
        for (var start = 0L; start < rows; start += step)
        {
            if (rowCount > capacity)
            {
                using var row = tensor.select(0, start);
                Slabs(row, capacity, visit);
            }
            else
            {
                using var slab = tensor.narrow(0, start, Math.Min(step, rows - start));
                visit(slab);
            }
        }
    }
}
