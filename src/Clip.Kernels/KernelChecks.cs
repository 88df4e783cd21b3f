using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Int8;
using Clip.Kernels.OneDnn;
using Clip.Runtime;
using Clip.Shared;

namespace Clip.Kernels;

/// <summary>Compares the packed kernels that serve on this processor with float64.</summary>
internal static unsafe class KernelChecks
{
    private static readonly (long Rows, long Inputs, long Outputs)[] s_sizes = [(1, 40, 24), (7, 80, 320), (300, 48, 80), (600, 128, 512)];

    /// <summary>All comparisons.</summary>
    public static IEnumerable<SelfTestResult> All() =>
    [
        .. s_sizes.Select(Float32).OfType<SelfTestResult>(),
        .. s_sizes.Select(size => Narrow(size, Quantization.Float16, ScalarType.Float16)),
        .. s_sizes.Select(size => Narrow(size, Quantization.BFloat16, ScalarType.BFloat16)), .. s_sizes.Select(Int8), .. BFloat16(),
    ];

    private static IEnumerable<SelfTestResult> BFloat16() =>
        OneDnnOperators.MayServe(ScalarType.BFloat16) && OneDnnTrial.AreRight(ScalarType.BFloat16) is { } right
            ? [new("packed bfloat16 kernels", right ? 0 : double.NaN, 0)]
            : [];

    // Integers need no rounding: the sums are exact.
    private static SelfTestResult Int8((long Rows, long Inputs, long Outputs) size)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Integers(size.Rows, size.Inputs, Int8Range.InputLimit), Integers(size.Outputs, size.Inputs, Int8Range.WeightLimit));
        var output = empty(size.Rows, size.Outputs);
        using var linear = KernelBackend.PackInt8(weight, null);
        using var scratch = new NativeFloats(linear.ScratchLength((nint)size.Rows));
        var inputs = TensorMemory.Pointer<float>(x);
        var outputs = TensorMemory.Pointer<float>(output);
        KernelThreads.Shared.Run(1, team => linear.Compute(team, inputs, (nint)size.Rows, outputs, (nint)size.Outputs, scratch.Pointer));
        var expected = x.to(ScalarType.Float64).matmul(weight.to(ScalarType.Float64).t());
        return new($"packed int8 linear {size.Rows} x {size.Inputs} -> {size.Outputs}", TrialTensors.Error(output, expected), 1e-7);
    }

    // Every row has an element of the largest magnitude, so that its scale is 1.
    private static Tensor Integers(long rows, long columns, int limit)
    {
        var integers = TrialTensors.Create(ScalarType.Float32, rows, columns).Times(4).Times(limit).round();
        integers.select(1, 0).FillWith(limit);
        return integers;
    }

    private static SelfTestResult Narrow((long Rows, long Inputs, long Outputs) size, Quantization quantization, ScalarType format)
    {
        using var scope = NewDisposeScope();
        var x = TrialTensors.Create(ScalarType.Float32, size.Rows, size.Inputs);
        var weight = TrialTensors.Create(format, size.Outputs, size.Inputs);
        using var kernel = KernelBackend.Find(ScalarType.Float32, quantization)!.TryCreateLinear(weight, null)!;
        var expected = nn.functional.linear(x.to(ScalarType.Float64), weight.to(ScalarType.Float64));
        return new(
            $"packed {quantization} weights {size.Rows} x {size.Inputs} -> {size.Outputs}", TrialTensors.Error(kernel.Forward(x), expected),
            TrialTensors.Bound(ScalarType.Float32));
    }

    // Null where the library's own kernels are not made for the processor.
    private static SelfTestResult? Float32((long Rows, long Inputs, long Outputs) size)
    {
        using var scope = NewDisposeScope();
        var x = TrialTensors.Create(ScalarType.Float32, size.Rows, size.Inputs);
        var weight = TrialTensors.Create(ScalarType.Float32, size.Outputs, size.Inputs);
        var bias = TrialTensors.Create(ScalarType.Float32, size.Outputs);
        using var kernel = KernelBackend.Find(ScalarType.Float32)?.TryCreateLinear(weight, bias);
        if (kernel is null)
            return null;

        var expected = nn.functional.linear(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        return new(
            $"packed float32 linear {size.Rows} x {size.Inputs} -> {size.Outputs}",
            TrialTensors.Error(kernel.Forward(x), expected),
            TrialTensors.Bound(ScalarType.Float32));
    }
}
