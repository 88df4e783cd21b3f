using System.Runtime.InteropServices;
using Clip.Runtime.Kernels;
using Clip.Runtime.Numerics;

namespace Clip.Runtime.Tests.Kernels;

public sealed class KernelTrialTests
{
    [Fact]
    public void Succeeds_Float32OnX64_IsTrue()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "libtorch has oneDNN on x64.");
        TorchLibraries.EnsureLoaded();
        PlainOperators.TryConvolutions();
        Assert.SkipUnless(OneDnnGuard.OffBecause is null, $"oneDNN is off: {OneDnnGuard.OffBecause}.");

        Assert.True(KernelTrial.Succeeds(ScalarType.Float32));
        Assert.True(OneDnn.Serves(ScalarType.Float32));
    }

    [Fact]
    public void Serves_DtypeWithoutOperators_IsFalse() => Assert.False(OneDnn.Serves(ScalarType.Float64));
}
