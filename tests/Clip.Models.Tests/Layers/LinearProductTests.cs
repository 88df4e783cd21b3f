using Clip.Kernels;

namespace Clip.Models.Tests.Layers;

[NoTensorLeaks]
public sealed class LinearProductTests
{
    public LinearProductTests() => Runtime.TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(true, true, true), InlineData(false, true, true), InlineData(true, false, true), InlineData(true, true, false)]
    public void Compute_WithKernels_GivesLibtorchsGradients(bool inputWants, bool weightWants, bool biasWants)
    {
        using var scope = NewDisposeScope();
        using var kernels = KernelBackend.Find(ScalarType.Float32)?.TryCreateTraining();
        if (kernels is null)
            Assert.Skip("This processor has no kernels for training.");
        var (x, weight, bias) = (Values(5, 60, 130, inputWants), Values(1, 257, 130, weightWants).squeeze(0), Values(1, 1, 257, biasWants).flatten());
        (weight, bias) = (Leaf(weight), Leaf(bias));
        var gradient = Values(5, 60, 257, false);
        var expected = Run(null);
        var actual = Run(kernels);
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (one, other) in expected.Zip(actual))
            TensorAssert.Close(one, other, 2e-4);

        List<Tensor> Run(Clip.Kernels.Contracts.ITrainingKernels? kernels)
        {
            foreach (var leaf in (Tensor[])[x, weight, bias])
                leaf.grad = null;
            var output = LinearProduct.Compute(kernels, x, weight, bias);
            output.backward([gradient]);
            return [output.detach(), .. ((Tensor[])[x, weight, bias]).Select(leaf => leaf.grad).OfType<Tensor>()];
        }
        static Tensor Leaf(Tensor tensor) => tensor.detach().contiguous().requires_grad_(tensor.requires_grad);
    }

    [Fact]
    public void Compute_WeightOfAGraph_SendsItsGradientThrough()
    {
        using var scope = NewDisposeScope();
        using var kernels = KernelBackend.Find(ScalarType.Float32)?.TryCreateTraining();
        var whole = Values(1, 600, 128, true);
        var x = Values(5, 60, 128, false);
        LinearProduct.Compute(kernels, x, whole.squeeze(0).narrow(0, 0, 300), null).sum().backward();
        Assert.NotNull(whole.grad);
        Assert.Equal(0, whole.grad.narrow(1, 300, 300).abs().max().item<float>());
        Assert.NotEqual(0, whole.grad.narrow(1, 0, 300).abs().max().item<float>());
    }

    private static Tensor Values(long first, long second, long third, bool wants) =>
        (arange(first * second * third, ScalarType.Float32) * 1.7).sin().view(first, second, third).requires_grad_(wants);
}
