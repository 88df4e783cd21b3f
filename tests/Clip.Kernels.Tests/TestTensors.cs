namespace Clip.Kernels.Tests;

/// <summary>Tensors to compute with, the same ones every time.</summary>
internal static class TestTensors
{
    /// <summary>Elements between -0.5 and 0.5.</summary>
    public static Tensor Create(params long[] shape) =>
        ((arange(shape.Aggregate((all, side) => all * side), ScalarType.Float32) * 1.7 + shape.Length).sin() / 2).view(shape);

    /// <summary>Normally distributed elements, the same ones of a number every time.</summary>
    public static Tensor Draw(int number, params long[] shape)
    {
        using var generator = new Generator((ulong)number);
        return randn(shape, generator: generator);
    }

    /// <summary>Asserts that numbers in float32 equal those in float64, but for rounding.</summary>
    public static void Close(Tensor expected, Tensor actual)
    {
        const double RoundingOfManySums = 5e-6;
        var largest = expected.abs().max().item<double>();
        TensorAssert.Close(expected / largest, actual.to(ScalarType.Float64) / largest, RoundingOfManySums);
    }
}
