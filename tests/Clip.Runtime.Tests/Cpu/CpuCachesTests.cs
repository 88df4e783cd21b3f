using System.Text;
using Clip.Runtime.Cpu;

namespace Clip.Runtime.Tests.Cpu;

public sealed class CpuCachesTests
{
    // Leaf 0x8000001D of an AMD EPYC of the fourth generation; subleaf 1 is the instruction cache.
    private static readonly Dictionary<int, (int, int, int, int)> s_amdCaches = new()
    {
        [0] = (0x121, 0x1C0003F, 0x3F, 0),
        [1] = (0x122, 0x1C0003F, 0x3F, 0),
        [2] = (0x143, 0x1C0003F, 0x7FF, 2),
        [3] = (0x4163, 0x3C0003F, 0x7FFF, 1),
    };

    // Leaf 4 of an Intel Xeon: data, instructions, second level.
    private static readonly Dictionary<int, (int, int, int, int)> s_intelCaches = new()
    {
        [0] = (0x121, 0x2C0003F, 0x3F, 0),
        [1] = (0x122, 0x1C0003F, 0x3F, 0),
        [2] = (0x143, 0x3C0003F, 0x7FF, 0),
    };

    internal static CpuIdReader Processor(string vendor, bool describesCaches)
    {
        var name = Encoding.ASCII.GetBytes(vendor);
        var (leaf, caches) = vendor == CpuVendor.Intel ? (4, s_intelCaches) : (unchecked((int)0x8000001D), s_amdCaches);
        return (asked, subleaf) =>
            asked == 0 ? (0x10, BitConverter.ToInt32(name, 0), BitConverter.ToInt32(name, 8), BitConverter.ToInt32(name, 4))
            : asked == leaf && describesCaches ? caches.GetValueOrDefault(subleaf)
            : default;
    }

    [Theory]
    [InlineData(CpuVendor.Amd, true, true)]
    [InlineData(CpuVendor.Amd, false, false)]       // oneDNN calculates with caches of one byte.
    [InlineData(CpuVendor.Intel, true, true)]
    [InlineData(CpuVendor.Intel, false, true)]      // oneDNN assumes usual sizes.
    [InlineData("HygonGenuine", false, true)]       // likewise
    public void AreKnownToOneDnn_Vendors_AsItsLibraryReadsThem(string vendor, bool describesCaches, bool expected) =>
        Assert.Equal(expected, CpuCaches.AreKnownToOneDnn(Processor(vendor, describesCaches)));

    [Fact]
    public void AreKnownToOneDnn_FirstLevelAlone_IsFalse()
    {
        var read = Processor(CpuVendor.Intel, describesCaches: true);

        Assert.False(CpuCaches.AreKnownToOneDnn((leaf, subleaf) => leaf == 4 && subleaf == 2 ? default : read(leaf, subleaf)));
    }

    [Fact]
    public void Read_Vendor_IsItsTwelveLetters() => Assert.Equal(CpuVendor.Amd, CpuVendor.Read(Processor(CpuVendor.Amd, describesCaches: true)));
}
