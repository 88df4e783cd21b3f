using System.Runtime.Intrinsics.X86;
using Clip.Runtime.Cpu;

namespace Clip.Runtime.Tests.Cpu;

public sealed class CpuFeaturesTests
{
    private const int AllState = 11_008, WithoutTiles = 2_696, WithoutAvx512 = 832;

    [Fact]
    public void DecodeX86_SapphireRapids_HasEverything() => Assert.Equal(
        ["AVX2", "AVX-VNNI", "AVX-512F", "AVX512_VNNI", "AVX512_BF16", "AVX512_FP16", "AMX-BF16", "AMX-INT8"],
        CpuFeatures.DecodeX86(SapphireRapids(AllState)));

    [Fact]
    public void DecodeX86_SystemThatDoesNotSaveTiles_HasNoAmx() => Assert.Equal(
        ["AVX2", "AVX-VNNI", "AVX-512F", "AVX512_VNNI", "AVX512_BF16", "AVX512_FP16"],
        CpuFeatures.DecodeX86(SapphireRapids(WithoutTiles)));

    [Fact]
    public void DecodeX86_SystemThatDoesNotSaveAvx512_HasAvx2Only() => Assert.Equal(
        ["AVX2", "AVX-VNNI"], CpuFeatures.DecodeX86(SapphireRapids(WithoutAvx512)));

    [Fact]
    public void DecodeX86_CpuWithoutTheLeaves_HasNothing() => Assert.Empty(CpuFeatures.DecodeX86((_, _) => default));

    [Theory]
    [InlineData("AVX2", "avx2")]
    [InlineData("AVX-VNNI", "avx_vnni")]
    [InlineData("AVX-512F", "avx512f")]
    [InlineData("AVX512_VNNI", "avx512_vnni")]
    [InlineData("AVX512_BF16", "avx512_bf16")]
    [InlineData("AVX512_FP16", "avx512_fp16")]
    [InlineData("AMX-BF16", "amx_bf16")]
    [InlineData("AMX-INT8", "amx_int8")]
    public void Detect_OnLinux_AgreesWithTheKernel(string feature, string flag)
    {
        Assert.SkipUnless(X86Base.IsSupported && OperatingSystem.IsLinux(), "The kernel's flags are read on Linux and x86.");
        var flags = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ');

        Assert.Equal(flags.Contains(flag), CpuFeatures.Detect().Contains(feature));
    }

    [Fact]
    public void Detect_Model_IsNotEmpty() => Assert.NotEqual("", CpuModel.Detect());

    // Offsets and sizes of the saved state as an Intel Xeon 8480 reports them; feature bits by the manual.
    private static CpuIdReader SapphireRapids(int enabledBytes) => (leaf, subleaf) => (leaf, subleaf) switch
    {
        (0, _) => (0x20, 0, 0, 0),
        (1, _) => (0, 0, 1 << 27, 0),
        (7, 0) => (1, 1 << 5 | 1 << 16, 1 << 11, 1 << 22 | 1 << 23 | 1 << 24 | 1 << 25),
        (7, 1) => (1 << 4 | 1 << 5, 0, 0, 0),
        (13, 0) => (0, enabledBytes, AllState, 0),
        (13, 2) => (256, 576, 0, 0),
        (13, 7) => (1_024, 1_664, 0, 0),
        (13, 18) => (8_192, 2_816, 0, 0),
        _ => default,
    };
}
