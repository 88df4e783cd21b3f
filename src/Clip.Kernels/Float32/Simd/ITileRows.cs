namespace Clip.Kernels.Float32.Simd;

/// <summary>The number of a tile's rows, known to the compiler.</summary>
internal interface ITileRows
{
    /// <summary>1 to 6.</summary>
    static abstract int Count { get; }
}
