namespace Clip.Kernels.Float32.Simd;

/// <summary>What makes float32 of the bits of float16.</summary>
internal static class HalfFormat
{
    /// <summary>Places by which exponent and mantissa move: float32 has 13 more bits of mantissa. What is above them are copies of the sign.</summary>
    public const int Shift = 13;

    /// <summary>The sign, and exponent and mantissa in their new places.</summary>
    public const int Mask = unchecked((int)0x8FFF_E000);

    /// <summary>Two to the power of 112, the difference of the exponents' biases of 127 and 15.</summary>
    public const float Scale = 5.192296858534828e33f;
}
