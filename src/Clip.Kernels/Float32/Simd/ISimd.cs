namespace Clip.Kernels.Float32.Simd;

/// <summary>Arithmetic on a vector of float32, so that one source serves processors with registers of different sizes.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Elements in a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>
    /// Vectors side by side in a tile of a matrix product, 2 or 4: six rows of them are summed in registers, and some stay free for what is multiplied.
    /// </summary>
    static abstract int TileVectors { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* destination);

    /// <summary>Stores integers between -128 and 255, of each its lowest 8 bits.</summary>
    static abstract void StoreBytes(TVector integers, byte* destination);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger; b where one of them is not a number.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller; b where one of them is not a number.</summary>
    static abstract TVector Min(TVector a, TVector b);

    static abstract TVector Abs(TVector a);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract TVector Round(TVector a);

    /// <summary>2 to the power of integers between -126 and 127.</summary>
    static abstract TVector PowerOfTwo(TVector integers);

    /// <summary>a where <paramref name="sign"/> is negative, else b.</summary>
    static abstract TVector SelectNegative(TVector sign, TVector a, TVector b);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector a);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TVector a);

    /// <summary>
    /// Computes a tile of a matrix product: outputs = max(floor, inputs · panel + bias + addends). See <see cref="TileKernel{TSimd, TVector}"/>.
    /// </summary>
    /// <typeparam name="T">Rows of the tile.</typeparam>
    /// <typeparam name="TWeights">How the panel holds the weights.</typeparam>
    static abstract void ComputeTile<T, TWeights>(
        float** inputs, nint segments, nint depth, byte* panel, float* wide, byte* ahead, nint aheadStep, float* bias, float* addends, float floor, float* output, nint outputStride)
        where T : struct, ITileRows
        where TWeights : struct, ITileWeights;
}
