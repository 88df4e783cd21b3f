using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Products;

/// <summary>Brings rows of weights into the order of a panel: for each input in turn, the weights of all outputs.</summary>
internal static unsafe class PanelPacking
{
    // What is rounded at a time stays in the first cache.
    private const int MostColumns = 64, InputsAtOnce = 64;

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
        Transposition.Copy(rows, inputs, count, inputs, panel, columns);
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
        var wide = stackalloc float[InputsAtOnce * MostColumns];
        var largest = 0u;
        new Span<float>(wide, InputsAtOnce * columns).Clear();
        for (nint first = 0; first < inputs; first += InputsAtOnce)
        {
            var depth = nint.Min(InputsAtOnce, inputs - first);
            Transposition.Copy(rows + first, inputs, count, depth, wide, columns);
            var part = new ReadOnlySpan<float>(wide, (int)depth * columns);
            largest = Math.Max(largest, LargestMagnitude.Of(part));
            TRounding.Round(part, new Span<ushort>(panel + first * columns, part.Length));
        }
        return largest < BitConverter.SingleToUInt32Bits(TRounding.Range);
    }
}
