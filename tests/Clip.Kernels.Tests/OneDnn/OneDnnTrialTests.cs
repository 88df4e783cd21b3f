using System.Runtime.InteropServices;
using Clip.Kernels.OneDnn;
using Clip.Runtime;

namespace Clip.Kernels.Tests.OneDnn;

public sealed class OneDnnTrialTests
{
    [Fact]
    public void Succeeds_Float32OnX64_IsTrue()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "libtorch has oneDNN on x64.");
        TorchLibraries.EnsureLoaded();
        var problem = CpuOperators.FindOneDnnProblem();
        Assert.SkipUnless(problem is null, $"oneDNN is off: {problem}.");

        Assert.True(OneDnnTrial.Succeeds(ScalarType.Float32));
        Assert.True(OneDnnOperators.Serve(ScalarType.Float32));
    }

    [Fact]
    public void Serve_DtypeWithoutOperators_IsFalse() => Assert.False(OneDnnOperators.Serve(ScalarType.Float64));
}
