using System.Runtime.Intrinsics;

namespace Clip.Kernels.Float32.Simd;

/// <summary>The format of a panel's weights, known to the compiler.</summary>
internal unsafe interface ITileWeights
{
    /// <summary>Bytes of a weight.</summary>
    static abstract int Bytes { get; }

    /// <summary>Whether a tile leaves copies in float32 behind, for the tiles that read the panel after it.</summary>
    static abstract bool LeavesWide { get; }

    /// <summary>Loads four and widens them, exactly.</summary>
    static abstract Vector128<float> Load128(byte* source);

    /// <summary>Loads eight and widens them, exactly.</summary>
    static abstract Vector256<float> Load256(byte* source);

    /// <summary>Loads sixteen and widens them, exactly.</summary>
    static abstract Vector512<float> Load512(byte* source);
}
