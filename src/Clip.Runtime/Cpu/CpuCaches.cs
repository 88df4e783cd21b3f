namespace Clip.Runtime.Cpu;

/// <summary>The sizes of the data caches, as oneDNN inside libtorch reads them from cpuid.</summary>
/// <remarks>
/// oneDNN takes three levels for granted on AMD's processors and reads leaf 0x8000001D without looking whether a level is there; on Intel's it
/// counts the levels of leaf 4. Where it counts none, and on the processors of others, it assumes usual sizes. Source: Xbyak's xbyak_util.h.
/// </remarks>
internal static class CpuCaches
{
    private const int Data = 1, Unified = 3;

    // No processor with AVX2 has a smaller first level.
    private const long SmallestLevel = 4096;

    /// <summary>Whether oneDNN finds the first two levels, or assumes them. Hypervisors hide them on some machines.</summary>
    /// <remarks>Every process on TorchSharp asks this when it starts: hence no list and no query, whose methods would be compiled first.</remarks>
    /// <param name="read">Reads cpuid.</param>
    public static bool AreKnownToOneDnn(CpuIdReader read) => CpuVendor.Read(read) switch
    {
        CpuVendor.Amd => AreDescribedByAmd(read),
        CpuVendor.Intel => AreDescribedByIntel(read) ?? true,
        _ => true,
    };

    // Subleaf 1 is the instruction cache.
    private static bool AreDescribedByAmd(CpuIdReader read)
    {
        const int Leaf = unchecked((int)0x8000001D);

        return Size(read(Leaf, 0)) >= SmallestLevel && Size(read(Leaf, 2)) >= SmallestLevel;
    }

    // Null where no level is counted.
    private static bool? AreDescribedByIntel(CpuIdReader read)
    {
        const int MostLevels = 10;

        var (levels, known) = (0, 0);
        for (var subleaf = 0; levels < MostLevels; subleaf++)
        {
            var registers = read(4, subleaf);
            var type = registers.Eax & 0x1F;
            if (type == 0)
                break;
            if (type is not (Data or Unified))
                continue;
            if (levels < 2 && Size(registers) >= SmallestLevel)
                known++;
            levels++;
        }
        return levels == 0 ? null : known == 2;
    }

    // Ways, partitions, bytes in a line and sets, each stored less one: a level that is not there has a size of one byte.
    private static long Size((int Eax, int Ebx, int Ecx, int Edx) registers)
    {
        var (_, ebx, ecx, _) = registers;
        return ((ebx >> 22 & 0x3FF) + 1L) * ((ebx >> 12 & 0x3FF) + 1) * ((ebx & 0xFFF) + 1) * ((uint)ecx + 1L);
    }
}
