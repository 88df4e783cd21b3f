using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>The instructions that multiply quantized values and add their products in 32 bits, exactly.</summary>
/// <typeparam name="TSums">A vector of 32-bit sums.</typeparam>
internal interface IInt8Products<TSums>
    where TSums : struct
{
    /// <summary>Whether activations are taken as unsigned integers, with <see cref="Int8Range.InputLimit"/> added.</summary>
    static abstract bool InputsAreUnsigned { get; }

    /// <summary>Rows of the largest tile whose sums, together with what is multiplied, fit in the registers: 5 or 6.</summary>
    static abstract int TileRows { get; }

    /// <summary>Adds the four products of each lane to its sum.</summary>
    /// <param name="inputs">Four activations per lane.</param>
    /// <param name="weights">Four weights per lane, signed.</param>
    /// <param name="sums">One sum per lane.</param>
    static abstract TSums MultiplyAdd(TSums inputs, TSums weights, TSums sums);
}
