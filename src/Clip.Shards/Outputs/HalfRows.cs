using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Shards.Outputs;

/// <summary>Rows in float16, and their file: an array [N, D] of NumPy.</summary>
/// <param name="size">Elements of a row, D.</param>
internal sealed class HalfRows(int size)
{
    private readonly List<Half[]> _rows = [];

    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<float> row)
    {
        var half = new Half[size];
        TensorPrimitives.ConvertToHalf(row, half);
        _rows.Add(half);
    }

    /// <summary>Adds a row of zeros, for what has no embedding: it fits no query, and the rows after it stay beside their metadata.</summary>
    public void AddZeros() => _rows.Add(new Half[size]);

    /// <summary>Writes the file.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(NpyHeader.Create("<f2", _rows.Count, size), cancellationToken).ConfigureAwait(false);
        foreach (var row in _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(MemoryMarshal.AsBytes<Half>(row));
        }
    }

    /// <summary>The rows of a file of a length.</summary>
    /// <param name="bytes">The file's length.</param>
    /// <param name="size">Elements of a row.</param>
    public static long CountIn(long bytes, int size) => Math.Max(0, bytes - NpyHeader.Bytes) / (2L * size);
}
