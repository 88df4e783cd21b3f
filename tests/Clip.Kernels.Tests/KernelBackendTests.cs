using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests;

public sealed class KernelBackendTests
{
    public KernelBackendTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void Find_Float32_IsMadeForTheLargestRegisters()
    {
        var backend = KernelBackend.Find(ScalarType.Float32);

        if (Vector512.IsHardwareAccelerated)
            Assert.IsType<Float32Backend<Simd512, Vector512<float>>>(backend);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Assert.IsType<Float32Backend<Simd256, Vector256<float>>>(backend);
        else
            Assert.IsNotType<Float32Backend<Simd128, Vector128<float>>>(backend);
    }

    [Fact]
    public void Find_BFloat16_NeedsProductsInHardware()
    {
        var backend = KernelBackend.Find(ScalarType.BFloat16, Quantization.None, out var whyNot);

        Assert.Equal(backend is null, whyNot is not null);
        if (!CpuOperators.HasFastBFloat16)
            Assert.Null(backend);
    }

    [Fact]
    public void Find_DtypeWithoutKernels_SaysWhyNot()
    {
        Assert.Null(KernelBackend.Find(ScalarType.Float64, Quantization.None, out var whyNot));
        Assert.Equal("there are no kernels in Float64 for this processor", whyNot);
    }

    [Fact]
    public void Find_Int8_IsThereOnEveryProcessorForFloat32Alone()
    {
        Assert.NotNull(KernelBackend.Find(ScalarType.Float32, Quantization.Int8, out var whyNot));
        Assert.Null(whyNot);

        Assert.Null(KernelBackend.Find(ScalarType.BFloat16, Quantization.Int8, out whyNot));
        Assert.Contains("float32", whyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_UndefinedQuantization_ThrowsArgumentOutOfRangeException() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelBackend.Find(ScalarType.Float32, (Quantization)9));
}
