using System.Buffers;
using System.Runtime.InteropServices;

namespace Clip.Fuzz.Trials;

/// <summary>Fills what a reader may take for fresh memory, so that bytes which it did not write differ from one pattern to the next.</summary>
internal static partial class MemoryPattern
{
    // mallopt's parameter for a byte with which glibc fills what it hands out.
    private const int Perturb = -6;

    private const int ShortestArray = 1 << 10;
    private const int LongestArray = 1 << 20;

    private static bool s_hasMallopt = OperatingSystem.IsLinux();

    /// <summary>Fills the pooled arrays that this thread rents next, and all that malloc hands out from now on.</summary>
    public static void Set(byte pattern)
    {
        for (var length = ShortestArray; length <= LongestArray; length *= 2)
        {
            var array = ArrayPool<byte>.Shared.Rent(length);
            array.AsSpan().Fill(pattern);
            ArrayPool<byte>.Shared.Return(array);
        }
        FillMalloc(pattern);
    }

    /// <summary>Lets malloc hand memory out as it is.</summary>
    public static void Clear() => FillMalloc(0);

    private static void FillMalloc(byte pattern)
    {
        if (!s_hasMallopt)
            return;
        try
        {
            _ = SetMallocOption(Perturb, pattern);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc.
            s_hasMallopt = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int parameter, int value);
}
