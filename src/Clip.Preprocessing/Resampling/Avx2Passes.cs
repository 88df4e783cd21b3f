using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Clip.Preprocessing.Resampling;

/// <summary>Both passes with 256-bit vectors.</summary>
/// <remarks>
/// A weight is split as high * 2^11 + low. Both parts fit in 16 bits, so that one multiply-add takes two pixels at once,
/// and (sum of high parts) * 2^11 + (sum of low parts) is the 32-bit sum of the undivided products, bit for bit.
/// </remarks>
internal static unsafe class Avx2Passes
{
    /// <summary>Rows that the horizontal pass takes at once.</summary>
    public const int RowGroup = 4;

    /// <summary>Bytes of a row that the vertical pass takes at once.</summary>
    public const int ColumnGroup = 32;

    private const int Half = 1 << (ResampleWeights.Precision - 1);

    // Bytes of two neighboring pixels to 16-bit numbers, channel by channel: r0 r1 g0 g1 b0 b1 x0 x1.
    private static readonly Vector256<byte> FirstTwo = Vector256.Create(Interleave(0), Interleave(0));
    private static readonly Vector256<byte> LastTwo = Vector256.Create(Interleave(8), Interleave(8));

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Resamples four rows of four-byte pixels.</summary>
    /// <param name="rows">The first pixel of each old row.</param>
    /// <param name="results">Space for the new pixels of each row.</param>
    /// <param name="weights">What the new pixels are made of; its pairs lie inside the row.</param>
    public static void Horizontal(byte** rows, byte** results, ResampleWeights weights)
    {
        byte* row0 = rows[0], row1 = rows[1], row2 = rows[2], row3 = rows[3];
        byte* result0 = results[0], result1 = results[1], result2 = results[2], result3 = results[3];
        var firstTwo = FirstTwo;
        var lastTwo = LastTwo;
        var pairCount = weights.PairCount;
        fixed (uint* allPairs = weights.Pairs)
        fixed (int* starts = weights.PairStarts)
        {
            var pair = allPairs;
            for (var x = 0; x < weights.Count; x++)
            {
                var offset = 4L * starts[x];
                Vector256<int> high01 = default, low01 = default, high23 = default, low23 = default;
                var left = pairCount;
                for (; left >= 2; left -= 2, offset += 16, pair += 4)
                {
                    var high = Vector256.Create(pair[0]).AsInt16();
                    var low = Vector256.Create(pair[1]).AsInt16();
                    var nextHigh = Vector256.Create(pair[2]).AsInt16();
                    var nextLow = Vector256.Create(pair[3]).AsInt16();

                    var pixels = Vector256.Create(Vector128.Load(row0 + offset), Vector128.Load(row1 + offset));
                    var first = Avx2.Shuffle(pixels, firstTwo).AsInt16();
                    var last = Avx2.Shuffle(pixels, lastTwo).AsInt16();
                    high01 += Avx2.MultiplyAddAdjacent(first, high) + Avx2.MultiplyAddAdjacent(last, nextHigh);
                    low01 += Avx2.MultiplyAddAdjacent(first, low) + Avx2.MultiplyAddAdjacent(last, nextLow);

                    pixels = Vector256.Create(Vector128.Load(row2 + offset), Vector128.Load(row3 + offset));
                    first = Avx2.Shuffle(pixels, firstTwo).AsInt16();
                    last = Avx2.Shuffle(pixels, lastTwo).AsInt16();
                    high23 += Avx2.MultiplyAddAdjacent(first, high) + Avx2.MultiplyAddAdjacent(last, nextHigh);
                    low23 += Avx2.MultiplyAddAdjacent(first, low) + Avx2.MultiplyAddAdjacent(last, nextLow);
                }
                if (left > 0)
                {
                    var high = Vector256.Create(pair[0]).AsInt16();
                    var low = Vector256.Create(pair[1]).AsInt16();
                    pair += 2;
                    var pixels = Avx2.Shuffle(LoadTwo(row0 + offset, row1 + offset), firstTwo).AsInt16();
                    high01 += Avx2.MultiplyAddAdjacent(pixels, high);
                    low01 += Avx2.MultiplyAddAdjacent(pixels, low);
                    pixels = Avx2.Shuffle(LoadTwo(row2 + offset, row3 + offset), firstTwo).AsInt16();
                    high23 += Avx2.MultiplyAddAdjacent(pixels, high);
                    low23 += Avx2.MultiplyAddAdjacent(pixels, low);
                }

                // Rows 0 and 2 end in the lower half, rows 1 and 3 in the upper.
                var words = Avx2.PackSignedSaturate(Finish(high01, low01), Finish(high23, low23));
                var bytes = Avx2.PackUnsignedSaturate(words, words).AsUInt32();
                ((uint*)result0)[x] = bytes.GetElement(0);
                ((uint*)result2)[x] = bytes.GetElement(1);
                ((uint*)result1)[x] = bytes.GetElement(4);
                ((uint*)result3)[x] = bytes.GetElement(5);
            }
        }
    }

    /// <summary>Resamples all columns; see <see cref="ScalarPasses.Vertical"/>.</summary>
    /// <remarks>
    /// Rows are read and written in whole groups of <see cref="ColumnGroup"/> bytes, and one old row beyond the last may be
    /// read: both have to be in memory, whatever is in them.
    /// </remarks>
    public static void Vertical(byte* rows, int firstRow, long stride, byte* result, int rowBytes, long resultStride, ResampleWeights weights)
    {
        var pairCount = weights.PairCount;
        fixed (uint* allPairs = weights.Pairs)
        {
            for (var y = 0; y < weights.Count; y++)
            {
                var pairs = allPairs + 2L * y * pairCount;
                var first = rows + (weights.Starts[y] - firstRow) * stride;
                var used = (weights.Counts[y] + 1) / 2;
                for (var x = 0; x < rowBytes; x += ColumnGroup)
                    VerticalGroup(first + x, stride, pairs, used).Store(result + y * resultStride + x);
            }
        }
    }

    private static Vector256<byte> VerticalGroup(byte* pixel, long stride, uint* pairs, int pairCount)
    {
        Vector256<int> high0 = default, high1 = default, high2 = default, high3 = default;
        Vector256<int> low0 = default, low1 = default, low2 = default, low3 = default;
        for (var i = 0; i < pairCount; i++, pixel += 2 * stride)
        {
            var high = Vector256.Create(pairs[2 * i]).AsInt16();
            var low = Vector256.Create(pairs[2 * i + 1]).AsInt16();
            var above = Vector256.Load(pixel);
            var below = Vector256.Load(pixel + stride);

            var mixed = Avx2.UnpackLow(above, below);
            var words = Avx2.UnpackLow(mixed, Vector256<byte>.Zero).AsInt16();
            high0 += Avx2.MultiplyAddAdjacent(words, high);
            low0 += Avx2.MultiplyAddAdjacent(words, low);
            words = Avx2.UnpackHigh(mixed, Vector256<byte>.Zero).AsInt16();
            high1 += Avx2.MultiplyAddAdjacent(words, high);
            low1 += Avx2.MultiplyAddAdjacent(words, low);

            mixed = Avx2.UnpackHigh(above, below);
            words = Avx2.UnpackLow(mixed, Vector256<byte>.Zero).AsInt16();
            high2 += Avx2.MultiplyAddAdjacent(words, high);
            low2 += Avx2.MultiplyAddAdjacent(words, low);
            words = Avx2.UnpackHigh(mixed, Vector256<byte>.Zero).AsInt16();
            high3 += Avx2.MultiplyAddAdjacent(words, high);
            low3 += Avx2.MultiplyAddAdjacent(words, low);
        }
        // Unpacking and packing both stay inside a half of the vector, so the bytes are in order again.
        return Avx2.PackUnsignedSaturate(
            Avx2.PackSignedSaturate(Finish(high0, low0), Finish(high1, low1)),
            Avx2.PackSignedSaturate(Finish(high2, low2), Finish(high3, low3)));
    }

    private static Vector256<int> Finish(Vector256<int> high, Vector256<int> low) =>
        (high << ResampleWeights.LowBits) + low + Vector256.Create(Half) >> ResampleWeights.Precision;

    private static Vector256<byte> LoadTwo(byte* first, byte* second) => Vector256.Create(
        Vector128.CreateScalarUnsafe(*(ulong*)first).AsByte(),
        Vector128.CreateScalarUnsafe(*(ulong*)second).AsByte());

    private static Vector128<byte> Interleave(byte at)
    {
        const byte Zero = 0x80;
        return Vector128.Create(
            at, Zero, (byte)(at + 4), Zero, (byte)(at + 1), Zero, (byte)(at + 5), Zero,
            (byte)(at + 2), Zero, (byte)(at + 6), Zero, (byte)(at + 3), Zero, (byte)(at + 7), Zero);
    }
}
