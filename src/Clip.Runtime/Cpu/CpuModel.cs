using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Versioning;
using System.Text;

namespace Clip.Runtime.Cpu;

/// <summary>The name of this machine's CPU.</summary>
internal static partial class CpuModel
{
    /// <summary>Its name, such as "AMD EPYC 9575F 64-Core Processor", or its architecture where it does not tell.</summary>
    public static string Detect()
    {
        var name = X86Base.IsSupported ? ReadBrand() : OperatingSystem.IsMacOS() ? ReadMacName() : null;
        return string.IsNullOrWhiteSpace(name) ? RuntimeInformation.ProcessArchitecture.ToString() : name.Trim();
    }

    // The name's 48 bytes lie in the registers of three leaves, as a string that ends with zeros.
    private static string? ReadBrand()
    {
        const int First = unchecked((int)0x80000002), Last = unchecked((int)0x80000004);
        if (X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < Last)
            return null;

        Span<int> registers = stackalloc int[12];
        for (var leaf = First; leaf <= Last; leaf++)
        {
            var four = registers[(4 * (leaf - First))..];
            (four[0], four[1], four[2], four[3]) = X86Base.CpuId(leaf, 0);
        }
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)).TrimEnd('\0');
    }

    [SupportedOSPlatform("macos")]
    private static unsafe string? ReadMacName()
    {
        var buffer = stackalloc byte[128];
        nuint size = 128;
        return ReadSystemValue("machdep.cpu.brand_string", buffer, ref size, 0, 0) == 0
            ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ReadSystemValue(string name, void* value, ref nuint size, nint newValue, nuint newSize);
}
