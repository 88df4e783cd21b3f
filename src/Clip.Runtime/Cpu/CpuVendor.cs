using System.Runtime.InteropServices;
using System.Text;

namespace Clip.Runtime.Cpu;

/// <summary>Who made an x86 processor.</summary>
internal static class CpuVendor
{
    public const string Amd = "AuthenticAMD", Intel = "GenuineIntel";

    /// <summary>The vendor's twelve letters.</summary>
    /// <param name="read">Reads cpuid.</param>
    public static string Read(CpuIdReader read)
    {
        var (_, ebx, ecx, edx) = read(0, 0);
        Span<int> letters = stackalloc int[] { ebx, edx, ecx };
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(letters));
    }
}
