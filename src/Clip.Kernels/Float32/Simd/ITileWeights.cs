using System.Runtime.Intrinsics;

namespace Clip.Kernels.Float32.Simd;

/// <summary>The format of a panel's weights, known to the compiler.</summary>
internal unsafe interface ITileWeights
{
    /// <summary>Bytes of a weight.</summary>
    static abstract int Bytes { get; }

    /// <summary>Whether they are narrower than float32, so that tiles after the first read the copies that it leaves behind.</summary>
    static abstract bool AreNarrow { get; }

    /// <summary>Loads four and widens them, exactly.</summary>
    static abstract Vector128<float> Load128(byte* source);

    /// <summary>Loads eight and widens them, exactly.</summary>
    static abstract Vector256<float> Load256(byte* source);

    /// <summary>Loads sixteen and widens them, exactly.</summary>
    static abstract Vector512<float> Load512(byte* source);
}
