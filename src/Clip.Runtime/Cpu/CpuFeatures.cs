using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Clip.Runtime.Cpu;

/// <summary>Reads one leaf of the x86 instruction cpuid.</summary>
internal delegate (int Eax, int Ebx, int Ecx, int Edx) CpuIdReader(int leaf, int subleaf);

/// <summary>The instruction sets that decide how fast libtorch computes on a CPU.</summary>
internal static class CpuFeatures
{
    public const string Avx2 = "AVX2";
    public const string Avx512 = "AVX-512F";
    public const string Avx512Bf16 = "AVX512_BF16";
    public const string AmxBf16 = "AMX-BF16";
    public const string AvxVnni = "AVX-VNNI";
    public const string Avx512Vnni = "AVX512_VNNI";
    public const string AmxInt8 = "AMX-INT8";

    private static readonly Lazy<bool> s_hasFastBFloat16 = new(() => Detect().Any(feature => feature is Avx512Bf16 or AmxBf16));

    /// <summary>The features of this machine that the operating system has switched on.</summary>
    public static IReadOnlyList<string> Detect() =>
        X86Base.IsSupported ? DecodeX86(X86Base.CpuId) : AdvSimd.IsSupported ? DetectArm() : [];

    /// <summary>Whether this machine multiplies matrices of bfloat16 faster than those of float32.</summary>
    public static bool HasFastBFloat16 => s_hasFastBFloat16.Value;

    /// <summary>Reads the features out of cpuid.</summary>
    /// <remarks>
    /// Whether the operating system saves the wide registers is read from leaf 13: the size of the state it has enabled
    /// must reach the end of theirs. The instruction that answers directly, xgetbv, has no counterpart in .NET.
    /// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, CPUID.
    /// </remarks>
    public static IReadOnlyList<string> DecodeX86(CpuIdReader read)
    {
        const int AvxRegisters = 2, Avx512Registers = 7, AmxTiles = 18;

        var leaves = read(0, 0).Eax;
        if (leaves < 7)
            return [];

        var usesSavedState = HasBit(read(1, 0).Ecx, 27);
        var enabledBytes = usesSavedState && leaves >= 13 ? read(13, 0).Ebx : 0;
        var features = read(7, 0);
        var more = features.Eax >= 1 ? read(7, 1) : default;

        bool IsSaved(int component)
        {
            var (size, offset, _, _) = read(13, component);
            return size > 0 && enabledBytes >= offset + size;
        }
        var avx = enabledBytes > 0 && IsSaved(AvxRegisters);
        var avx512 = avx && HasBit(features.Ebx, 16) && IsSaved(Avx512Registers);
        var amx = enabledBytes > 0 && HasBit(features.Edx, 24) && IsSaved(AmxTiles);

        var found = new List<string>();
        void Add(string name, bool isThere)
        {
            if (isThere)
                found.Add(name);
        }
        Add(Avx2, avx && HasBit(features.Ebx, 5));
        Add(AvxVnni, avx && HasBit(more.Eax, 4));
        Add(Avx512, avx512);
        Add(Avx512Vnni, avx512 && HasBit(features.Ecx, 11));
        Add(Avx512Bf16, avx512 && HasBit(more.Eax, 5));
        Add("AVX512_FP16", avx512 && HasBit(features.Edx, 23));
        Add(AmxBf16, amx && HasBit(features.Edx, 22));
        Add(AmxInt8, amx && HasBit(features.Edx, 25));
        return found;
    }

    private static List<string> DetectArm()
    {
        var found = new List<string> { "NEON" };
        if (Dp.IsSupported)
            found.Add("DotProd");
#pragma warning disable SYSLIB5003 // Asked only whether they are there; their operations are still under evaluation.
        if (Sve.IsSupported)
            found.Add("SVE");
        if (Sve2.IsSupported)
            found.Add("SVE2");
#pragma warning restore SYSLIB5003
        return found;
    }

    private static bool HasBit(int register, int bit) => (register >> bit & 1) != 0;
}
