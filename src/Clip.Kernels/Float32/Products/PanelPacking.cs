using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Products;

/// <summary>Brings rows of weights into the order of a panel: for each input in turn, the weights of all outputs.</summary>
internal static unsafe class PanelPacking
{
    // Inputs that are packed at a time, a cache line of a row: each line is read once, and what is written stays in the first cache.
    private const int Line = 16;

    // Side of the squares that are transposed in registers.
    private const int Square = 4;

    /// <summary>Packs a panel.</summary>
    /// <param name="rows">A row of weights for each output, one after the other.</param>
    /// <param name="inputs">Elements of a row.</param>
    /// <param name="count">Rows; columns beyond them become zero.</param>
    /// <param name="panel">Receives [inputs, columns].</param>
    /// <param name="columns">Columns of a panel.</param>
    public static void Pack(float* rows, nint inputs, int count, float* panel, int columns)
    {
        if (count < columns)
            new Span<float>(panel, checked((int)(columns * inputs))).Clear();
        for (nint first = 0; first < inputs; first += Line)
            PackLine(rows, inputs, count, first, panel + first * columns, columns);
    }

    /// <summary>Packs a panel in a narrower format.</summary>
    /// <typeparam name="TRounding">The format.</typeparam>
    /// <param name="rows">A row of weights for each output, one after the other.</param>
    /// <param name="inputs">Elements of a row.</param>
    /// <param name="count">Rows; columns beyond them become zero.</param>
    /// <param name="panel">Receives [inputs, columns].</param>
    /// <param name="columns">Columns of a panel, at most 64.</param>
    /// <returns>Whether all weights are in the range of the format.</returns>
    public static bool Pack<TRounding>(float* rows, nint inputs, int count, ushort* panel, int columns)
        where TRounding : struct, IRounding
    {
        const int MostColumns = 64;
        var wide = stackalloc float[Line * MostColumns];
        var largest = 0u;
        new Span<float>(wide, Line * columns).Clear();
        for (nint first = 0; first < inputs; first += Line)
        {
            PackLine(rows, inputs, count, first, wide, columns);
            var part = new ReadOnlySpan<float>(wide, (int)nint.Min(Line, inputs - first) * columns);
            largest = Math.Max(largest, LargestMagnitude.Of(part));
            TRounding.Round(part, new Span<ushort>(panel + first * columns, part.Length));
        }
        return largest < BitConverter.SingleToUInt32Bits(TRounding.Range);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackLine(float* rows, nint inputs, int count, nint first, float* target, int columns)
    {
        var end = nint.Min(inputs, first + Line);
        var column = 0;
        if (Sse.IsSupported && end == first + Line)
        {
            for (; column <= count - Square; column += Square)
            {
                // Too many rows for the processor to see that they are read one line after the other.
                for (var row = column; row < column + Square; row++)
                    Sse.Prefetch0(rows + row * inputs + end);
                for (var input = first; input < end; input += Square)
                    Transpose(rows + column * inputs + input, inputs, target + (input - first) * columns + column, columns);
            }
        }
        for (; column < count; column++)
        {
            var row = rows + column * inputs;
            for (var input = first; input < end; input++)
                target[(input - first) * columns + column] = row[input];
        }
    }

    // Four rows of four elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* source, nint stride, float* target, nint targetStride)
    {
        var (r0, r1) = (Vector128.Load(source), Vector128.Load(source + stride));
        var (r2, r3) = (Vector128.Load(source + 2 * stride), Vector128.Load(source + 3 * stride));
        var (low01, low23) = (Sse.UnpackLow(r0, r1), Sse.UnpackLow(r2, r3));
        var (high01, high23) = (Sse.UnpackHigh(r0, r1), Sse.UnpackHigh(r2, r3));
        Sse.MoveLowToHigh(low01, low23).Store(target);
        Sse.MoveHighToLow(low23, low01).Store(target + targetStride);
        Sse.MoveLowToHigh(high01, high23).Store(target + 2 * targetStride);
        Sse.MoveHighToLow(high23, high01).Store(target + 3 * targetStride);
    }
}
