using Clip.Shared;

namespace Clip.Kernels.Float32.Products;

/// <summary>Rounds to bfloat16.</summary>
internal readonly struct UpperHalfRounding : IRounding
{
    // 0x7F7F8000: half a step beyond the largest bfloat16.
    public static float Range => 3.3961775e38f;

    public static void Round(ReadOnlySpan<float> source, Span<ushort> target) => BFloat16Rounding.Round(source, target);
}
