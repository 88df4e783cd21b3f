namespace Clip.Kernels.Tests;

/// <summary>Tensors to compute with: elements between -0.5 and 0.5, the same ones every time.</summary>
internal static class TestTensors
{
    public static Tensor Create(params long[] shape) =>
        ((arange(shape.Aggregate((all, side) => all * side), ScalarType.Float32) * 1.7 + shape.Length).sin() / 2).view(shape);

    /// <summary>Asserts that numbers in float32 equal those in float64, but for rounding.</summary>
    public static void Close(Tensor expected, Tensor actual)
    {
        const double RoundingOfManySums = 5e-6;
        var largest = expected.abs().max().item<double>();
        TensorAssert.Close(expected / largest, actual.to(ScalarType.Float64) / largest, RoundingOfManySums);
    }
}
