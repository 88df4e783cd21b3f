using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Rounds rows to integers with a scale for each: x ≈ scale · q, with q from -limit to limit.</summary>
/// <remarks>Results do not depend on the size of the vectors.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class RowQuantizer<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Rows of zeros need a scale too: the smallest normal number.
    private const float SmallestScale = 1.17549435E-38f;

    /// <summary>Rounds a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="width">Its elements.</param>
    /// <param name="limit">Largest magnitude of a rounded element.</param>
    /// <param name="offset">Added to rounded elements.</param>
    /// <param name="output">Where to write their lowest 8 bits.</param>
    /// <returns>The scale; not a number if an element of the row is not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Compute(float* row, nint width, int limit, int offset, byte* output)
    {
        var vectors = width / TSimd.Lanes * TSimd.Lanes;
        var (largest, rest) = (default(TVector), default(TVector));
        for (nint i = 0; i < vectors; i += TSimd.Lanes)
        {
            var x = TSimd.Load(row + i);
            largest = TSimd.Max(largest, TSimd.Abs(x));
            rest = TSimd.MultiplyAdd(x, default, rest);
        }
        var (max, nothing) = (TSimd.Largest(largest), TSimd.Sum(rest));
        for (var i = vectors; i < width; i++)
        {
            max = MathF.Max(max, MathF.Abs(row[i]));
            nothing += row[i] * 0;
        }
        if (nothing != 0)
        {
            new Span<byte>(output, (int)width).Clear();
            return float.NaN;
        }

        var scale = MathF.Max(max / limit, SmallestScale);
        var inverse = 1 / scale;
        var (factor, shift) = (TSimd.Broadcast(inverse), TSimd.Broadcast(offset));
        for (nint i = 0; i < vectors; i += TSimd.Lanes)
            TSimd.StoreBytes(TSimd.Add(TSimd.Round(TSimd.Multiply(TSimd.Load(row + i), factor)), shift), output + i);
        for (var i = vectors; i < width; i++)
            output[i] = unchecked((byte)(int)(MathF.Round(row[i] * inverse) + offset));
        return scale;
    }
}
