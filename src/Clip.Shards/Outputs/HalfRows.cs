using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;

namespace Clip.Shards.Outputs;

/// <summary>Rows in float16, and their file: an array [N, D] of NumPy.</summary>
/// <remarks>Source: NumPy, numpy.lib.format, version 1.0.</remarks>
/// <param name="size">Elements of a row, D.</param>
internal sealed class HalfRows(int size)
{
    /// <summary>Magic string, version, length and dictionary; a multiple of 64, with room for any count.</summary>
    public const int HeaderBytes = 128;

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
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, HeaderBytes - 10, 0];
        var dictionary = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f2', 'fortran_order': False, 'shape': ({_rows.Count}, {size}), }}");
        await stream.WriteAsync((byte[])[.. start, .. Encoding.ASCII.GetBytes(dictionary.PadRight(HeaderBytes - start.Length - 1) + "\n")], cancellationToken).ConfigureAwait(false);
        foreach (var row in _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(MemoryMarshal.AsBytes<Half>(row));
        }
    }

    /// <summary>The rows of a file of a length.</summary>
    /// <param name="bytes">The file's length.</param>
    /// <param name="size">Elements of a row.</param>
    public static long CountIn(long bytes, int size) => Math.Max(0, bytes - HeaderBytes) / (2L * size);
}
