using Clip.Kernels.Contracts;

namespace Clip.Models.Tests.Layers;

public sealed class ActivationTests
{
    [Fact]
    public void ToFused_EveryActivation_IsTheKernelsOfTheSameFormula() =>
        Assert.Equal(
            [FusedActivation.Gelu, FusedActivation.Swish(1.702), FusedActivation.GeluTanh, FusedActivation.Relu, FusedActivation.Swish(1)],
            Enum.GetValues<Activation>().Select(activation => activation.ToFused()));

    [Fact]
    public void ToFused_UnknownActivation_IsRefusedRatherThanComputedAsAnother() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ((Activation)99).ToFused());
}
