namespace Clip.Shared;

/// <summary>Tensors to try operations with, and how far results may be from exact ones.</summary>
internal static class TrialTensors
{
    /// <summary>Elements between -0.25 and 0.25, the same ones every time and without a random generator, whose state belongs to the caller.</summary>
    public static Tensor Create(ScalarType dtype, params long[] shape) =>
        TensorArithmetic.Range(shape.Aggregate((all, side) => all * side), ScalarType.Float32).Times(1.7).sin().DividedBy(4).view(shape).to(dtype);

    /// <summary>The largest difference of two tensors, as a share of the largest expected value; NaN if a value is not a number.</summary>
    public static double Error(Tensor actual, Tensor expected)
    {
        var precise = expected.to(ScalarType.Float64);
        return ((actual.to(ScalarType.Float64) - precise).abs().max() / precise.abs().max()).item<double>();
    }

    /// <summary>The largest error that rounding explains; what a kernel leaves unwritten is off by a tenth and more.</summary>
    /// <remarks>In bfloat16, libtorch's own convolution adds the nine parts of an input's gradient with 8 bits of fraction.</remarks>
    public static double Bound(ScalarType dtype) => dtype == ScalarType.BFloat16 ? 0.03 : 1e-5;
}
