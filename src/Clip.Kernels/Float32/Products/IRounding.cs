namespace Clip.Kernels.Float32.Products;

/// <summary>A format of 16 bits to which weights are rounded.</summary>
internal interface IRounding
{
    /// <summary>The least magnitude that rounds to infinity: half a step beyond the largest number.</summary>
    static abstract float Range { get; }

    /// <summary>Rounds numbers within the range, to nearest and ties to even.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="target">Receives the bits of the rounded ones.</param>
    static abstract void Round(ReadOnlySpan<float> source, Span<ushort> target);
}
