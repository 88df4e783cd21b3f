using System.Numerics;
using System.Runtime.InteropServices;

namespace Clip.Training.FusedLoss;

/// <summary>A matrix whose rows and columns are filled up to whole tiles of a product.</summary>
/// <param name="rows">Rows that count.</param>
/// <param name="columns">Columns that count.</param>
internal sealed class PaddedMatrix(int rows, int columns)
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 4;

    private readonly float[] _elements = new float[Padded(rows) * Padded(columns)];

    /// <summary>Columns of a tile, and what rows and columns are a multiple of.</summary>
    public static int TileColumns { get; } = Math.Max(TileRows, 2 * Vector<float>.Count);

    /// <summary>Elements from one row to the next.</summary>
    public int Stride { get; } = Padded(columns);

    /// <summary>Rows, the padding included.</summary>
    public int PaddedRows { get; } = Padded(rows);

    /// <summary>A row, the padding included, which is zero unless it was written.</summary>
    public Span<float> Row(int row) => _elements.AsSpan(row * Stride, Stride);

    /// <summary>Copies the transpose of a matrix.</summary>
    public void SetTransposed(PaddedMatrix source)
    {
        // Blocks, so that what is read and written stays in the first cache.
        const int Block = 16;
        for (var firstRow = 0; firstRow < source.PaddedRows; firstRow += Block)
        {
            for (var firstColumn = 0; firstColumn < source.Stride; firstColumn += Block)
            {
                for (var row = firstRow; row < Math.Min(source.PaddedRows, firstRow + Block); row++)
                {
                    for (var column = firstColumn; column < Math.Min(source.Stride, firstColumn + Block); column++)
                        _elements[column * Stride + row] = source._elements[row * source.Stride + column];
                }
            }
        }
    }

    /// <summary>Becomes the product of two matrices, on several threads where it is worth it; an element is the same for all numbers of threads.</summary>
    /// <param name="left">Its rows are this one's.</param>
    /// <param name="right">Its rows are the columns of <paramref name="left"/>, its columns this one's.</param>
    public void SetProduct(PaddedMatrix left, PaddedMatrix right)
    {
        // About 50 microseconds, a few times of what it takes to wake a thread.
        const long WorthSharing = 2_000_000;
        var threads = (int)Math.Clamp((long)PaddedRows * Stride * left.Stride / WorthSharing, 1, get_num_threads());
        var tiles = PaddedRows / TileRows;
        if (threads == 1)
        {
            for (var tile = 0; tile < tiles; tile++)
                MultiplyTile(left, right, tile * TileRows);
            return;
        }
        Parallel.For(0, tiles, new ParallelOptions { MaxDegreeOfParallelism = threads }, tile => MultiplyTile(left, right, tile * TileRows));
    }

    private void MultiplyTile(PaddedMatrix left, PaddedMatrix right, int row)
    {
        for (var column = 0; column < Stride; column += TileColumns)
            MultiplyTile(left._elements.AsSpan(row * left.Stride), left.Stride, right._elements.AsSpan(column), right.Stride, right.PaddedRows, _elements.AsSpan(row * Stride + column), Stride);
    }

    // Eight sums stay in registers.
    private static void MultiplyTile(ReadOnlySpan<float> left, int leftStride, ReadOnlySpan<float> right, int rightStride, int depth, Span<float> result, int stride)
    {
        ref var factors = ref MemoryMarshal.GetReference(right);
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        var row0 = left[..depth];
        var row1 = left.Slice(leftStride, depth);
        var row2 = left.Slice(2 * leftStride, depth);
        var row3 = left.Slice(3 * leftStride, depth);
        for (var k = 0; k < depth; k++)
        {
            var w0 = Vector.LoadUnsafe(ref factors, (nuint)(k * rightStride));
            var w1 = Vector.LoadUnsafe(ref factors, (nuint)(k * rightStride + Vector<float>.Count));
            var x = new Vector<float>(row0[k]);
            (s00, s01) = (Vector.FusedMultiplyAdd(x, w0, s00), Vector.FusedMultiplyAdd(x, w1, s01));
            x = new Vector<float>(row1[k]);
            (s10, s11) = (Vector.FusedMultiplyAdd(x, w0, s10), Vector.FusedMultiplyAdd(x, w1, s11));
            x = new Vector<float>(row2[k]);
            (s20, s21) = (Vector.FusedMultiplyAdd(x, w0, s20), Vector.FusedMultiplyAdd(x, w1, s21));
            x = new Vector<float>(row3[k]);
            (s30, s31) = (Vector.FusedMultiplyAdd(x, w0, s30), Vector.FusedMultiplyAdd(x, w1, s31));
        }
        Store(s00, s01, result);
        Store(s10, s11, result[stride..]);
        Store(s20, s21, result[(2 * stride)..]);
        Store(s30, s31, result[(3 * stride)..]);
    }

    private static void Store(Vector<float> first, Vector<float> second, Span<float> target)
    {
        first.CopyTo(target);
        second.CopyTo(target[Vector<float>.Count..]);
    }

    private static int Padded(int count) => (count + TileColumns - 1) / TileColumns * TileColumns;
}
