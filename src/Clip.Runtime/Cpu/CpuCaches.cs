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
    /// <param name="read">Reads cpuid.</param>
    public static bool AreKnownToOneDnn(CpuIdReader read)
    {
        var levels = ReadLevels(read);
        return levels.Count == 0 || (levels.Count >= 2 && levels[0] >= SmallestLevel && levels[1] >= SmallestLevel);
    }

    private static List<long> ReadLevels(CpuIdReader read) => CpuVendor.Read(read) switch
    {
        CpuVendor.Amd => ReadAmd(read),
        CpuVendor.Intel => ReadIntel(read),
        _ => [],
    };

    // Subleaf 1 is the instruction cache.
    private static List<long> ReadAmd(CpuIdReader read) =>
        [.. new[] { 0, 2, 3 }.Select(subleaf => Size(read(unchecked((int)0x8000001D), subleaf)))];

    private static List<long> ReadIntel(CpuIdReader read)
    {
        const int MostLevels = 10;

        var levels = new List<long>();
        for (var subleaf = 0; levels.Count < MostLevels; subleaf++)
        {
            var registers = read(4, subleaf);
            var type = registers.Eax & 0x1F;
            if (type == 0)
                break;
            if (type is Data or Unified)
                levels.Add(Size(registers));
        }
        return levels;
    }

    // Ways, partitions, bytes in a line and sets, each stored less one: a level that is not there has a size of one byte.
    private static long Size((int Eax, int Ebx, int Ecx, int Edx) registers)
    {
        var (_, ebx, ecx, _) = registers;
        return ((ebx >> 22 & 0x3FF) + 1L) * ((ebx >> 12 & 0x3FF) + 1) * ((ebx & 0xFFF) + 1) * ((uint)ecx + 1L);
    }
}
