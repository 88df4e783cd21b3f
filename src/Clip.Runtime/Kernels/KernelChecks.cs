using Clip.Runtime.Kernels.Float32;
using Clip.Runtime.Kernels.Int8;
using Clip.Runtime.Numerics;

namespace Clip.Runtime.Kernels;

/// <summary>Compares the packed kernels that serve on this processor with float64.</summary>
internal static unsafe class KernelChecks
{
    private static readonly (long Rows, long Inputs, long Outputs)[] s_sizes = [(1, 40, 24), (7, 80, 320), (300, 48, 80), (600, 128, 512)];

    /// <summary>The float32 kernels; none where they are not made for the processor.</summary>
    public static IEnumerable<SelfTestResult> Float32() => Float32Kernels.AreFast ? s_sizes.Select(Float32) : [];

    /// <summary>Linear layers with weights of 8 bits, at integers that need no rounding: the sums are exact.</summary>
    public static IEnumerable<SelfTestResult> Int8() => s_sizes.Select(Int8);

    /// <summary>oneDNN's packed kernels in bfloat16; none where they do not run.</summary>
    public static IEnumerable<SelfTestResult> BFloat16() =>
        KernelTrial.AreRight(ScalarType.BFloat16) is { } right ? [new("packed bfloat16 kernels", right ? 0 : double.NaN, 0)] : [];

    private static SelfTestResult Int8((long Rows, long Inputs, long Outputs) size)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Integers(size.Rows, size.Inputs, Int8Range.InputLimit), Integers(size.Outputs, size.Inputs, Int8Range.WeightLimit));
        var output = empty(size.Rows, size.Outputs);
        using var linear = Int8Kernels.Pack(weight, null);
        using var scratch = new NativeFloats(linear.ScratchLength((nint)size.Rows));
        var inputs = TensorMemory.Pointer<float>(x);
        var outputs = TensorMemory.Pointer<float>(output);
        WorkerTeam.Shared.Run(1, crew => linear.Compute(crew, inputs, (nint)size.Rows, outputs, (nint)size.Outputs, scratch.Pointer));
        var expected = x.to(ScalarType.Float64).matmul(weight.to(ScalarType.Float64).t());
        return new($"packed int8 linear {size.Rows} x {size.Inputs} -> {size.Outputs}", TrialNumbers.Error(output, expected), 1e-7);
    }

    // Every row has a number of the largest magnitude, so that its scale is 1.
    private static Tensor Integers(long rows, long columns, int limit)
    {
        var numbers = (TrialNumbers.Create(ScalarType.Float32, rows, columns) * 4 * limit).round();
        numbers.select(1, 0).fill_(limit);
        return numbers;
    }

    private static SelfTestResult Float32((long Rows, long Inputs, long Outputs) size)
    {
        using var scope = NewDisposeScope();
        var x = TrialNumbers.Create(ScalarType.Float32, size.Rows, size.Inputs);
        var weight = TrialNumbers.Create(ScalarType.Float32, size.Outputs, size.Inputs);
        var bias = TrialNumbers.Create(ScalarType.Float32, size.Outputs);
        using var kernel = Float32Kernels.CreateLinear(weight, bias);
        var expected = nn.functional.linear(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        return new(
            $"packed float32 linear {size.Rows} x {size.Inputs} -> {size.Outputs}",
            TrialNumbers.Error(kernel.Forward(x), expected),
            OperatorChecks.Bound(ScalarType.Float32));
    }
}
