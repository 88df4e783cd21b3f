using Clip.Shared;

namespace Clip.Runtime.Numerics;

/// <summary>Compares libtorch's operators on the CPU, forward and backward, with float64.</summary>
/// <remarks>The sizes are those at which kernels have been seen to fail: channels that do not fill a register, and products from narrow to wide.</remarks>
internal static class OperatorChecks
{
    /// <summary>Convolutions as the towers have them: 3x3, pointwise, a stem of stride 2, patches.</summary>
    private static readonly (long Batch, long Inputs, long Outputs, long Kernel, long Stride, long Side)[] s_convolutions =
    [
        (2, 4, 4, 3, 1, 16), (2, 8, 8, 3, 1, 16), (2, 24, 24, 3, 1, 16), (2, 40, 40, 3, 1, 16), (1, 40, 24, 3, 1, 7),
        (2, 80, 320, 1, 1, 14), (2, 128, 512, 1, 1, 14), (2, 3, 24, 3, 2, 32), (2, 3, 40, 8, 8, 32),
    ];

    private static readonly (long Rows, long Inputs, long Outputs)[] s_linears = [(7, 40, 24), (600, 48, 80), (600, 128, 512), (616, 512, 2048)];

    /// <summary>Convolutions, with the gradients of their inputs and weights.</summary>
    public static IEnumerable<SelfTestResult> Convolutions(ScalarType dtype) => s_convolutions.SelectMany(size => Check(
        dtype,
        $"conv2d {size.Kernel}x{size.Kernel} {size.Inputs} -> {size.Outputs} of {size.Batch} x {size.Side}x{size.Side}",
        [size.Batch, size.Inputs, size.Side, size.Side],
        [size.Outputs, size.Inputs, size.Kernel, size.Kernel],
        (x, weight) => nn.functional.conv2d(x, weight, strides: [size.Stride, size.Stride], padding: [size.Kernel == 3 ? 1 : 0, size.Kernel == 3 ? 1 : 0])));

    /// <summary>Linear layers, with the gradients of their inputs and weights.</summary>
    public static IEnumerable<SelfTestResult> Linears(ScalarType dtype) => s_linears.SelectMany(size => Check(
        dtype,
        $"linear {size.Rows} x {size.Inputs} -> {size.Outputs}",
        [size.Rows, size.Inputs],
        [size.Outputs, size.Inputs],
        (x, weight) => nn.functional.linear(x, weight)));

    /// <summary>Compares one operation of an input and a weight, and its gradients.</summary>
    public static IReadOnlyList<SelfTestResult> Check(ScalarType dtype, string name, long[] inputShape, long[] weightShape, Func<Tensor, Tensor, Tensor> operation)
    {
        using var scope = NewDisposeScope();
        var (input, weight) = (TrialTensors.Create(dtype, inputShape), TrialTensors.Create(dtype, weightShape));
        var actual = Run(dtype, input, weight, operation);
        var expected = Run(dtype, input.to(ScalarType.Float64), weight.to(ScalarType.Float64), operation);
        var label = $"{dtype.ToString().ToLowerInvariant()} {name}";
        return
        [
            new(label, TrialTensors.Error(actual.Output, expected.Output), TrialTensors.Bound(dtype)),
            new($"{label}, input gradient", TrialTensors.Error(actual.InputGradient, expected.InputGradient), TrialTensors.Bound(dtype)),
            new($"{label}, weight gradient", TrialTensors.Error(actual.WeightGradient, expected.WeightGradient), TrialTensors.Bound(dtype)),
        ];
    }

    private static (Tensor Output, Tensor InputGradient, Tensor WeightGradient) Run(
        ScalarType dtype, Tensor input, Tensor weight, Func<Tensor, Tensor, Tensor> operation)
    {
        var (x, w) = (input.clone().requires_grad_(true), weight.clone().requires_grad_(true));
        var output = operation(x, w);
        output.backward([TrialTensors.Create(dtype, output.shape).to(output.dtype)]);
        return (output.detach(), x.grad!, w.grad!);
    }
}
