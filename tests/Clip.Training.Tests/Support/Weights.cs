namespace Clip.Training.Tests.Support;

/// <summary>Compares the weights and the gradients of models.</summary>
internal static class Weights
{
    public static void RequireBitEqual(DualEncoder expected, DualEncoder actual)
    {
        var weights = actual.state_dict();
        foreach (var (name, value) in expected.state_dict())
        {
            using var one = value.detach();
            using var other = weights[name].detach();
            Assert.True(one.cpu().contiguous().bytes.SequenceEqual(other.cpu().contiguous().bytes), $"{name} differs.");
        }
    }

    /// <summary>All gradients, cloned, by name.</summary>
    public static Dictionary<string, Tensor> Gradients(DualEncoder network) => network.named_parameters()
        .Where(entry => entry.parameter.grad is not null)
        .ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());

    public static void Forget(DualEncoder network)
    {
        foreach (var (_, parameter) in network.named_parameters())
            parameter.grad = null;
    }

    /// <summary>Requires the gradients of every parameter to differ by no more than a share of the largest of that parameter, or of all.</summary>
    public static void RequireClose(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, double relative)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        var overall = expected.Values.Max(gradient => gradient.abs().max().to(ScalarType.Float64).item<double>());
        foreach (var (name, gradient) in expected)
        {
            var largest = gradient.abs().max().to(ScalarType.Float64).item<double>();
            var difference = (gradient - actual[name]).abs().max().to(ScalarType.Float64).item<double>();
            // Gradients that are zero but for rounding (biases of keys) are measured by the others.
            Assert.True(difference <= relative * Math.Max(largest, 1e-2 * overall), $"{name}: {difference:G4} of {largest:G4}");
        }
    }
}
