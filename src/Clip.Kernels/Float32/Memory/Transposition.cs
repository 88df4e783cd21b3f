using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Clip.Kernels.Float32.Memory;

/// <summary>Copies of matrices with rows and columns exchanged.</summary>
internal static unsafe class Transposition
{
    private const int Block = 8;

    /// <summary>Copies a matrix: target[column, row] = source[row, column].</summary>
    /// <param name="source">The first element.</param>
    /// <param name="sourceStride">Elements from one row of the source to the next.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="targetStride">Elements from one row of the target to the next, at least <paramref name="rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint sourceStride, nint rows, nint columns, float* target, nint targetStride)
    {
        var (blockRows, blockColumns) = Avx.IsSupported ? (rows / Block * Block, columns / Block * Block) : (0, 0);
        for (nint row = 0; row < blockRows; row += Block)
        {
            for (nint column = 0; column < blockColumns; column += Block)
                CopyBlock(source + row * sourceStride + column, sourceStride, target + column * targetStride + row, targetStride);
        }
        // What is left: the last columns of the blocks' rows, then the last rows.
        for (nint row = 0; row < rows; row++)
        {
            for (var column = row < blockRows ? blockColumns : 0; column < columns; column++)
                target[column * targetStride + row] = source[row * sourceStride + column];
        }
    }

    // Pairs of rows, then pairs of pairs, then halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyBlock(float* source, nint stride, float* target, nint targetStride)
    {
        var (r0, r1) = (Vector256.Load(source), Vector256.Load(source + stride));
        var (r2, r3) = (Vector256.Load(source + 2 * stride), Vector256.Load(source + 3 * stride));
        var (r4, r5) = (Vector256.Load(source + 4 * stride), Vector256.Load(source + 5 * stride));
        var (r6, r7) = (Vector256.Load(source + 6 * stride), Vector256.Load(source + 7 * stride));

        var (a0, a1, a2, a3) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1), Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5, a6, a7) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5), Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));

        const byte Lower = 0x44, Upper = 0xEE;
        var (b0, b1, b2, b3) = (Avx.Shuffle(a0, a2, Lower), Avx.Shuffle(a0, a2, Upper), Avx.Shuffle(a1, a3, Lower), Avx.Shuffle(a1, a3, Upper));
        var (b4, b5, b6, b7) = (Avx.Shuffle(a4, a6, Lower), Avx.Shuffle(a4, a6, Upper), Avx.Shuffle(a5, a7, Lower), Avx.Shuffle(a5, a7, Upper));

        const byte LowHalves = 0x20, HighHalves = 0x31;
        Avx.Permute2x128(b0, b4, LowHalves).Store(target);
        Avx.Permute2x128(b1, b5, LowHalves).Store(target + targetStride);
        Avx.Permute2x128(b2, b6, LowHalves).Store(target + 2 * targetStride);
        Avx.Permute2x128(b3, b7, LowHalves).Store(target + 3 * targetStride);
        Avx.Permute2x128(b0, b4, HighHalves).Store(target + 4 * targetStride);
        Avx.Permute2x128(b1, b5, HighHalves).Store(target + 5 * targetStride);
        Avx.Permute2x128(b2, b6, HighHalves).Store(target + 6 * targetStride);
        Avx.Permute2x128(b3, b7, HighHalves).Store(target + 7 * targetStride);
    }
}
