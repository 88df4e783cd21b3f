using Clip.Runtime.Kernels;

namespace Clip.Runtime.Tests.Kernels;

[Collection(nameof(KernelNumbers))]
public sealed class LinearProductTests
{
    public LinearProductTests() => TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Convolve_WithGradients_EqualsTheLinearLayer(bool hasBias)
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias) = (KernelNumbers.Create(3, 100, 48), KernelNumbers.Create(80, 48), hasBias ? KernelNumbers.Create(80) : null);
        var direction = KernelNumbers.Create(3, 100, 80);

        var expected = Run(nn.functional.linear, ScalarType.Float64);
        var actual = Run(LinearProduct.Convolve, ScalarType.Float32);
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (wanted, got) in expected.Zip(actual))
            KernelNumbers.Close(wanted, got);

        List<Tensor> Run(Func<Tensor, Tensor, Tensor?, Tensor> layer, ScalarType dtype)
        {
            var leaves = new[] { x, weight, bias }.OfType<Tensor>().Select(leaf => leaf.to(dtype).clone().requires_grad_(true)).ToList();
            var y = layer(leaves[0], leaves[1], hasBias ? leaves[2] : null);
            Assert.True(y.is_contiguous());
            y.backward([direction.to(dtype)]);
            return [y.detach(), .. leaves.Select(leaf => leaf.grad!)];
        }
    }

    [Fact]
    public void Compute_RowsOfOtherLayout_EqualsTheLinearLayer()
    {
        using var scope = NewDisposeScope();
        var x = KernelNumbers.Create(40, 300, 7).transpose(0, 1);
        var (weight, bias) = (KernelNumbers.Create(5, 7), KernelNumbers.Create(5));
        var expected = nn.functional.linear(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        KernelNumbers.Close(expected, LinearProduct.Compute(x, weight, bias));
        KernelNumbers.Close(expected, LinearProduct.Convolve(x, weight, bias));
    }
}
