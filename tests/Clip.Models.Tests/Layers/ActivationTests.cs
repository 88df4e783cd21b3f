namespace Clip.Models.Tests.Layers;

public sealed class ActivationTests
{
    [Fact]
    public void ToFused_EveryActivation_IsTheKernelsOfTheSameName() =>
        Assert.All(Enum.GetValues<Activation>(), activation => Assert.Equal($"{activation}", $"{activation.ToFused()}"));

    [Fact]
    public void ToFused_UnknownActivation_IsRefusedRatherThanComputedAsAnother() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ((Activation)99).ToFused());
}
