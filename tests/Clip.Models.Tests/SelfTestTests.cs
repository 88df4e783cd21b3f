using Clip.Runtime;

namespace Clip.Models.Tests;

public sealed class SelfTestTests
{
    public SelfTestTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void Run_OnThisMachine_EverythingIsRight()
    {
        SkipWhereItIsRefused();

        var results = SelfTest.Run();

        Assert.All(results, result => Assert.True(result.Passes, result.ToString()));
        Assert.Contains(results, result => result.Operation.Contains("weight gradient", StringComparison.Ordinal));
        Assert.Contains(results, result => result.Operation.Contains("packed int8 linear", StringComparison.Ordinal));
        Assert.Equal(results.Count, results.Select(result => result.Operation).Distinct().Count());
    }

    [Fact, NoTensorLeaks]
    public void Run_InsideInferenceMode_ComputesGradientsAndLeavesNothing()
    {
        SkipWhereItIsRefused();
        using var inference = inference_mode();

        Assert.NotEmpty(SelfTest.Run());
    }

    private static void SkipWhereItIsRefused()
    {
        try
        {
            CpuOperators.Test();
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip(e.Message);
        }
    }
}
