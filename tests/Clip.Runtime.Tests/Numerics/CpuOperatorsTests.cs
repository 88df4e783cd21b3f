using Clip.Runtime.Numerics;

namespace Clip.Runtime.Tests.Numerics;

public sealed class CpuOperatorsTests
{
    public CpuOperatorsTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void Test_OnThisMachine_EverythingIsRight()
    {
        Assert.SkipWhen(OneDnnGuard.Trust.IsOverruled, "oneDNN may compute although it cannot be trusted here.");

        var results = CpuOperators.Test();

        Assert.All(results, result => Assert.True(result.Passes, result.ToString()));
        Assert.Contains(results, result => result.Operation.Contains("weight gradient", StringComparison.Ordinal));
        Assert.Equal(results.Count, results.Select(result => result.Operation).Distinct().Count());
    }

    [Fact, NoTensorLeaks]
    public void Test_InsideInferenceMode_ComputesGradientsAndLeavesNothing()
    {
        Assert.SkipWhen(OneDnnGuard.Trust.IsOverruled, "oneDNN may compute although it cannot be trusted here.");
        using var inference = inference_mode();

        Assert.NotEmpty(CpuOperators.Test());
    }

    // What oneDNN does on a processor without described caches: the last columns stay as they were.
    [Fact]
    public void Check_OperationThatLeavesAColumn_IsWrong()
    {
        var results = OperatorChecks.Check(ScalarType.Float32, "linear", [20, 8], [24, 8], (x, weight) =>
        {
            var y = nn.functional.linear(x, weight);
            return y.dtype == ScalarType.Float32 ? cat([y.narrow(1, 0, 23), zeros(20, 1)], dim: 1) : y;
        });

        Assert.Equal([false, false, false], results.Select(result => result.Passes));
    }

    [Fact]
    public void Check_OperationWithNaN_IsWrong()
    {
        var results = OperatorChecks.Check(ScalarType.Float32, "linear", [2, 8], [24, 8], (x, weight) =>
            nn.functional.linear(x, weight) * (x.dtype == ScalarType.Float32 ? double.NaN : 1));

        Assert.All(results, result => Assert.False(result.Passes));
        Assert.Equal("float32 linear: wrong, error NaN, of which rounding explains 1e-5", results[0].ToString());
    }
}
