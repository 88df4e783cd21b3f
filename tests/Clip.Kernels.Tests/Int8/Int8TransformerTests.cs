using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Int8;

[Collection(nameof(TestTensors))]
public sealed class Int8TransformerTests
{
    private const int Heads = 3, Width = 96;

    // Eight layers whose weights are rounded to 1 part in 128, and their inputs to 1 in 254.
    private const double Tolerance = 0.03;

    public Int8TransformerTests() => TorchLibraries.EnsureLoaded();

    public static TheoryData<string> Forms => Int8Forms.Names;

    [Theory, MemberData(nameof(Forms))]
    public void Forward_AnyForm_IsCloseToFloat32(string form)
    {
        using var scope = NewDisposeScope();
        using var precise = Stack<Simd128, Vector128<float>>(null);
        using var rounded = Stack<Simd128, Vector128<float>>(form);
        foreach (var (count, length) in ((long, long)[])[(1, 1), (2, 7), (5, 33)])
        {
            var x = TestTensors.Create(count, length, Width) * 4;
            var mask = zeros(count, 1, length, length);
            var places = arange(count) % length;
            Close(precise.Forward(x, null), rounded.Forward(x, null));
            Close(precise.Forward(x, mask), rounded.Forward(x, mask));
            Close(precise.ForwardAt(x, places, null), rounded.ForwardAt(x, places, null));
            Close(precise.ForwardAt(x, places, mask), rounded.ForwardAt(x, places, mask));
        }

        static void Close(Tensor expected, Tensor actual) => Assert.InRange(((expected - actual).norm() / expected.norm()).item<float>(), 1e-6, Tolerance);
    }

    [Fact]
    public void Forward_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var kernel = Chosen(FusedActivation.Swish(1.702), causal: true);
        TransformerChecks.RequireSameBits(kernel, Width);
    }

    [Fact]
    public void ForwardAt_EmptyBatch_HasNoRows()
    {
        using var scope = NewDisposeScope();
        using var kernel = Chosen(FusedActivation.Gelu, causal: false);

        Assert.Equal([0, Width], kernel.ForwardAt(zeros(0, 7, Width), zeros(0, ScalarType.Int64), null).shape);
        Assert.Equal([0, 7, Width], kernel.Forward(zeros(0, 7, Width), null).shape);
    }

    [Fact]
    public void Dispose_AfterPasses_GivesAllMemoryBack() => TransformerChecks.RequireMemoryBack(() => Chosen(FusedActivation.Gelu, causal: false), Width);

    // The form that is chosen for this processor.
    private static ITransformerKernel Chosen(FusedActivation activation, bool causal)
    {
        var kernel = KernelBackend.Find(ScalarType.Float32, Quantization.Int8)!.CreateTransformer(Shape(activation, causal));
        Fill(kernel);
        return kernel;
    }

    private static Transformer<TSimd, TVector> Stack<TSimd, TVector>(string? form)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var kernel = new Transformer<TSimd, TVector>(
            Shape(FusedActivation.Swish(1.702), causal: true), form is null ? null : (weight, bias) => Int8Forms.Pack(form, weight, bias));
        Fill(kernel);
        return kernel;
    }

    private static TransformerShape Shape(FusedActivation activation, bool causal) =>
        new() { Heads = Heads, NormEpsilon = 1e-5, Activation = activation, Causal = causal };

    private static void Fill(ITransformerKernel kernel)
    {
        kernel.Append(KernelBlock.Create(Width), isLast: false, rows: 1);
        kernel.Append(KernelBlock.Create(Width), isLast: true, rows: 1);
    }
}
