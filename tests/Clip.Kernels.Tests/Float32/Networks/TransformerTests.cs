using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class TransformerTests
{
    private const int Heads = 3;

    public TransformerTests() => TorchLibraries.EnsureLoaded();

    public static TheoryData<bool, bool, int> Cases { get; } = new()
    {
        { false, false, 24 }, { true, false, 24 }, { false, true, 24 }, { true, false, 60 }, { false, false, 120 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Forward_AnyVectorSize_EqualsTheEquations(bool causal, bool masked, int width)
    {
        using var scope = NewDisposeScope();
        using var small = Stack<Simd128, Vector128<float>>(width, causal);
        using var narrow = Stack<Simd256, Vector256<float>>(width, causal);
        using var wide = Stack<Simd512, Vector512<float>>(width, causal);
        foreach (var (count, length) in ((long, long)[])[(1, 1), (2, 7), (5, 33), (1, 70)])
        {
            var x = TestTensors.Create(count, length, width) * 4;
            var mask = masked ? Mask(count, length) : null;
            var expected = Expected(x, mask, causal, width);
            var places = arange(count) % length;
            TestTensors.Close(expected, small.Forward(x, mask));
            TestTensors.Close(expected, narrow.Forward(x, mask));
            TestTensors.Close(expected, wide.Forward(x, mask));

            var chosen = expected.gather(1, places.view(-1, 1, 1).expand(-1, 1, width)).squeeze(1);
            TestTensors.Close(chosen, small.ForwardAt(x, places, mask));
            TestTensors.Close(chosen, narrow.ForwardAt(x, places, mask));
            TestTensors.Close(chosen, wide.ForwardAt(x, places, mask));
        }
    }

    [Theory]
    [InlineData(1, 1), InlineData(1, Heads), InlineData(2, 1), InlineData(2, Heads), InlineData(6, Heads)]
    public void Forward_MasksThatSequencesAndHeadsShare_EqualsTheEquations(int sequences, int heads)
    {
        const int Width = 24, Count = 6, Length = 19;
        using var scope = NewDisposeScope();
        using var narrow = Stack<Simd256, Vector256<float>>(Width, causal: false);
        using var wide = Stack<Simd512, Vector512<float>>(Width, causal: false);
        var x = TestTensors.Create(Count, Length, Width) * 4;
        var mask = TestTensors.Create(sequences, heads, Length, Length) * 3;
        var expected = Expected(x, mask.repeat(Count / sequences, 1, 1, 1), causal: false, Width);
        var places = arange(Count) * 3;

        TestTensors.Close(expected, narrow.Forward(x, mask));
        TestTensors.Close(expected, wide.Forward(x, mask));
        TestTensors.Close(expected.gather(1, places.view(-1, 1, 1).expand(-1, 1, Width)).squeeze(1), narrow.ForwardAt(x, places, mask));
    }

    [Fact]
    public void ForwardGathered_SequencesOfPlaces_GivesTheBitsOfSequences()
    {
        const int Width = 24, Images = 3, Sequences = 4, Length = 9;
        using var scope = NewDisposeScope();
        using ITransformerKernel kernel = Stack<Simd256, Vector256<float>>(Width, causal: false);
        var places = TestTensors.Create(Images, Sequences * Length, Width);
        var order = (arange(Sequences * Length, ScalarType.Int64) * 5) % (Sequences * Length);
        var mask = TestTensors.Create(Sequences, 1, Length, Length);
        var expected = kernel.Forward(places.index_select(1, order).view(Images * Sequences, Length, Width), mask).view(places.shape);

        TensorAssert.BitEqual(expected, kernel.ForwardGathered(places, order, Length, mask));
    }

    // Each part of a batch knows which of the batch's masks are its own.
    [Fact]
    public void Forward_MasksInTurnOnAnyNumberOfThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var kernel = Stack<Simd256, Vector256<float>>(24, causal: false);
        var x = TestTensors.Create(60, 40, 24) * 4;
        var mask = TestTensors.Create(4, Heads, 40, 40);
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var expected = kernel.Forward(x, mask);
            TensorAssert.BitEqual(expected.narrow(0, 8, 4).contiguous(), kernel.Forward(x.narrow(0, 8, 4), mask));
            set_num_threads(4);
            TensorAssert.BitEqual(expected, kernel.Forward(x, mask));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Dispose_StacksThatShareMemory_GivesItBackWithTheLast()
    {
        using var scope = NewDisposeScope();
        var before = TransformerChecks.LiveBytes();
        var scratch = new Scratch();
        var first = Stack<Simd256, Vector256<float>>(48, causal: false, scratch);
        using (var second = Stack<Simd256, Vector256<float>>(48, causal: false, scratch))
        {
            var x = TestTensors.Create(4, 10, 48);
            var expected = first.Forward(x, null);
            first.Dispose();
            TensorAssert.BitEqual(expected, second.Forward(x, null));
        }
        Assert.Equal(before, TransformerChecks.LiveBytes());
    }

    [Fact]
    public void Forward_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var kernel = Stack<Simd256, Vector256<float>>(96, causal: true);
        TransformerChecks.RequireSameBits(kernel, 96);
    }

    [Fact]
    public void Dispose_AfterPasses_GivesAllMemoryBack() => TransformerChecks.RequireMemoryBack(() => Stack<Simd256, Vector256<float>>(48, causal: false), 48);

    private static Transformer<TSimd, TVector> Stack<TSimd, TVector>(long width, bool causal, Scratch? scratch = null)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var shape = new TransformerShape { Heads = Heads, NormEpsilon = 1e-5, Activation = FusedActivation.Swish(1.702), Causal = causal };
        var kernel = new Transformer<TSimd, TVector>(shape, scratch: scratch);
        kernel.Append(KernelBlock.Create(width), isLast: false, rows: 1);
        kernel.Append(KernelBlock.Create(width), isLast: true, rows: 1);
        return kernel;
    }

    // The last token may be looked at by all, others by those behind them only.
    private static Tensor Mask(long count, long length)
    {
        var hidden = ones(length, length).triu(1).to(ScalarType.Bool);
        hidden.narrow(1, length - 1, 1).fill_(false);
        return zeros(length, length).masked_fill(hidden, float.NegativeInfinity).expand(count, 1, length, length);
    }

    // In float64, by libtorch.
    private static Tensor Expected(Tensor x, Tensor? mask, bool causal, long width)
    {
        var y = x.to(ScalarType.Float64);
        var block = KernelBlock.Create(width);
        var seen = mask?.to(ScalarType.Float64) ?? (causal
            ? zeros(x.shape[1], x.shape[1], ScalarType.Float64).masked_fill(ones(x.shape[1], x.shape[1]).triu(1).to(ScalarType.Bool), double.NegativeInfinity)
            : null);
        for (var i = 0; i < 2; i++)
        {
            var parts = Linear(Norm(y, block.AttentionNorm), block.InputWeight, block.InputBias).chunk(3, -1);
            var (q, k, v) = (Split(parts[0]), Split(parts[1]), Split(parts[2]));
            var logits = q.matmul(k.transpose(-1, -2)) / Math.Sqrt((double)width / Heads);
            var attended = (seen is null ? logits : logits + seen).softmax(-1).matmul(v).transpose(1, 2).flatten(2);
            y += Linear(attended, block.OutputWeight, block.OutputBias) * block.AttentionScale!.to(ScalarType.Float64);
            var hidden = Linear(Norm(y, block.MlpNorm), block.ExpandWeight, block.ExpandBias);
            y += Linear(hidden * (1.702 * hidden).sigmoid(), block.ContractWeight, block.ContractBias);
        }
        return y;

        Tensor Norm(Tensor input, (Tensor Weight, Tensor Bias) norm) =>
            nn.functional.layer_norm(input, [width], norm.Weight.to(ScalarType.Float64), norm.Bias.to(ScalarType.Float64), 1e-5);
        Tensor Linear(Tensor input, Tensor weight, Tensor bias) =>
            nn.functional.linear(input, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        Tensor Split(Tensor input) => input.view(input.shape[0], input.shape[1], Heads, -1).transpose(1, 2);
    }
}
