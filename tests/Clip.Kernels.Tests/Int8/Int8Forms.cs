using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Int8;

namespace Clip.Kernels.Tests.Int8;

/// <summary>All ways in which linear layers of 8 bits are computed; a processor has some of them.</summary>
internal static class Int8Forms
{
    public const string Plain = "plain";

    private static readonly Dictionary<string, (bool IsThere, Func<Tensor, Tensor?, IPackedLinear> Pack)> s_all = new()
    {
        [Plain] = (true, Of<Simd128, Vector128<float>, Int8Simd128<PlainProducts>, Vector128<int>>),
        ["SSSE3"] = (Ssse3.IsSupported, Of<Simd128, Vector128<float>, Int8Simd128<PairProducts128>, Vector128<int>>),
        ["AVX2"] = (Avx2.IsSupported, Of<Simd256, Vector256<float>, Int8Simd256<PairProducts256>, Vector256<int>>),
        ["AVX-512 BW"] = (Avx512BW.IsSupported, Of<Simd512, Vector512<float>, Int8Simd512<PairProducts512>, Vector512<int>>),
        ["AVX-VNNI"] = (AvxVnni.IsSupported, Of<Simd256, Vector256<float>, Int8Simd256<VnniProducts>, Vector256<int>>),
        ["Dp"] = (Dp.IsSupported, Of<Simd128, Vector128<float>, Int8Simd128<DotProducts>, Vector128<int>>),
        ["AVX-VNNI, emulated"] = (true, Of<Simd256, Vector256<float>, Int8Simd256<VnniTwin>, Vector256<int>>),
        ["Dp, emulated"] = (true, Of<Simd128, Vector128<float>, Int8Simd128<DotTwin>, Vector128<int>>),
    };

    public static TheoryData<string> Names => new(s_all.Keys);

    /// <summary>Packs a layer; skips the test where the processor lacks the instructions.</summary>
    public static IPackedLinear Pack(string form, Tensor weight, Tensor? bias)
    {
        Assert.SkipUnless(s_all[form].IsThere, $"This processor does not have {form}.");
        return s_all[form].Pack(weight, bias);
    }

    private static Int8Linear<TSimd, TVector, TInt8, TSums> Of<TSimd, TVector, TInt8, TSums>(Tensor weight, Tensor? bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TInt8 : struct, IInt8Simd<TSums>
        where TSums : struct => new(weight, bias);
}
