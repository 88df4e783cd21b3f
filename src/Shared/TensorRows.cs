using System.Runtime.InteropServices;

namespace Clip.Shared;

/// <summary>The memory of tensors, row by row: a span of a whole tensor ends at 2 GiB.</summary>
internal static class TensorRows
{
    /// <summary>The elements of one row, which may be read and written as long as the tensor lives.</summary>
    /// <param name="tensor">A dense tensor [N, ...] on the CPU, of any size; a row is smaller than 2 GiB.</param>
    /// <param name="row">Which row, from 0 to N - 1.</param>
    /// <typeparam name="T">The elements' type, of the tensor's element size; or bytes.</typeparam>
    public static Span<T> Get<T>(Tensor tensor, long row)
        where T : unmanaged
    {
        using var view = tensor.select(0, row);
        return MemoryMarshal.Cast<byte, T>(view.bytes);
    }

    /// <summary>Copies a matrix into arrays.</summary>
    /// <param name="matrix">Elements [N, D] in float32 on the CPU.</param>
    public static float[][] ToArrays(Tensor matrix)
    {
        var rows = new float[matrix.shape[0]][];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = Get<float>(matrix, row).ToArray();
        return rows;
    }
}
