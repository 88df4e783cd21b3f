using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Clip.Kernels.Float32.Products;

/// <summary>Rounds to float16.</summary>
internal readonly struct HalfRounding : IRounding
{
    public static float Range => 65520;

    public static void Round(ReadOnlySpan<float> source, Span<ushort> target) =>
        TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<ushort, Half>(target));
}
