using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Clip.Kernels.Int8;

/// <summary>Hints about memory that is needed soon.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Brings memory into the second cache, where the processor takes such hints.</summary>
    /// <param name="address">Any address, also one that is not the process's own.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToSecondCache(byte* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(address);
    }
}
