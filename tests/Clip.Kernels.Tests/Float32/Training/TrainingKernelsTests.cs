using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Training;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Training;

[Collection(nameof(TestTensors))]
public sealed class TrainingKernelsTests
{
    // Gains and biases have sums over tokens that nearly cancel here, which show every rounding before them several times enlarged.
    private const double Slack = 1.5, SlackOfSums = 4;

    private static readonly int[] s_sums = [1, 2, 4, 6, 7, 8, 10, 12];

    public TrainingKernelsTests() => TorchLibraries.EnsureLoaded();

    /// <summary>Sequences, tokens, width, hidden channels, heads.</summary>
    public static TheoryData<int, int, int, int, int, string, bool> Blocks { get; } = new()
    {
        { 1, 1, 8, 5, 1, nameof(FusedActivation.Gelu), false },
        { 3, 7, 24, 75, 3, nameof(FusedActivation.Gelu), true },
        { 2, 50, 96, 200, 2, nameof(FusedActivation.Swish), false },
        { 4, 33, 64, 256, 2, nameof(FusedActivation.GeluTanh), true },
        { 1, 200, 40, 130, 2, nameof(FusedActivation.Relu), false },
        { 2, 173, 48, 60, 3, nameof(FusedActivation.Swish), true },
    };

    public static TheoryData<int, int, int> Layers { get; } = new() { { 1, 1, 1 }, { 2, 7, 5 }, { 61, 20, 130 }, { 50, 96, 768 }, { 900, 33, 65 }, { 2000, 16, 17 } };

    [Theory, MemberData(nameof(Blocks))]
    public void Block_VectorsOf512Bits_IsAsExactAsLibtorch(int sequences, int length, int width, int hidden, int heads, string activation, bool causal) =>
        CheckBlock<Simd512, Vector512<float>>(sequences, length, width, hidden, heads, activation, causal);

    [Theory, MemberData(nameof(Blocks))]
    public void Block_VectorsOf256Bits_IsAsExactAsLibtorch(int sequences, int length, int width, int hidden, int heads, string activation, bool causal) =>
        CheckBlock<Simd256, Vector256<float>>(sequences, length, width, hidden, heads, activation, causal);

    [Theory, MemberData(nameof(Blocks))]
    public void Block_VectorsOf128Bits_IsAsExactAsLibtorch(int sequences, int length, int width, int hidden, int heads, string activation, bool causal) =>
        CheckBlock<Simd128, Vector128<float>>(sequences, length, width, hidden, heads, activation, causal);

    [Theory, MemberData(nameof(Blocks))]
    public void ChosenTokens_VectorsOf512Bits_AreAsExactAsLibtorch(int sequences, int length, int width, int hidden, int heads, string activation, bool causal) =>
        CheckChosen<Simd512, Vector512<float>>(sequences, length, width, hidden, heads, activation, causal);

    [Theory, MemberData(nameof(Blocks))]
    public void ChosenTokens_VectorsOf256Bits_AreAsExactAsLibtorch(int sequences, int length, int width, int hidden, int heads, string activation, bool causal) =>
        CheckChosen<Simd256, Vector256<float>>(sequences, length, width, hidden, heads, activation, causal);

    [Theory, MemberData(nameof(Blocks))]
    public void ChosenTokens_VectorsOf128Bits_AreAsExactAsLibtorch(int sequences, int length, int width, int hidden, int heads, string activation, bool causal) =>
        CheckChosen<Simd128, Vector128<float>>(sequences, length, width, hidden, heads, activation, causal);

    [Theory, MemberData(nameof(Layers))]
    public void Linear_AnyVectors_IsAsExactAsLibtorch(int rows, int inputs, int outputs)
    {
        CheckLinear<Simd512, Vector512<float>>(rows, inputs, outputs);
        CheckLinear<Simd256, Vector256<float>>(rows, inputs, outputs);
        CheckLinear<Simd128, Vector128<float>>(rows, inputs, outputs);
    }

    [Fact]
    public void SendBack_AnyNumberOfThreads_GivesTheSameBits()
    {
        var threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
            var model = BlockModel.Create(96, 384, 3, FusedActivation.Gelu, causal: true);
            var (x, gradient) = (TestTensors.Create(6, 77, 96) * 4, TestTensors.Create(77, 6, 96).transpose(0, 1).contiguous());
            set_num_threads(1);
            var expected = Run(kernels, model.To(ScalarType.Float32), x, gradient);
            foreach (var count in (int[])[2, 3, 8])
            {
                set_num_threads(count);
                var actual = Run(kernels, model.To(ScalarType.Float32), x, gradient);
                TensorAssert.BitEqual(expected.Output, actual.Output);
                foreach (var (one, other) in expected.Gradients.Zip(actual.Gradients))
                    TensorAssert.BitEqual(one, other);
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void SendBack_GradientsThere_AddsToThem()
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        var model = BlockModel.Create(24, 75, 3, FusedActivation.Gelu, causal: false);
        var (x, gradient) = (TestTensors.Create(3, 7, 24) * 4, TestTensors.Create(7, 3, 24).transpose(0, 1).contiguous());
        var once = Run(kernels, model, x, gradient).Gradients.Select(tensor => tensor.clone()).ToArray();
        var twice = Run(kernels, model, x, gradient).Gradients;
        TensorAssert.BitEqual(once[0], twice[0]);
        foreach (var (one, both) in once.Zip(twice).Skip(1))
            TestTensors.Close((2 * one).to(ScalarType.Float64), both);
    }

    [Fact]
    public void SendBack_FrozenWeights_LeavesThemWithoutGradients()
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        var model = BlockModel.Create(24, 75, 3, FusedActivation.Gelu, causal: false);
        var (x, gradient) = (TestTensors.Create(3, 7, 24) * 4, TestTensors.Create(7, 3, 24).transpose(0, 1).contiguous());
        var expected = Run(kernels, model.To(ScalarType.Float32), x, gradient).Gradients;
        foreach (var weight in model.All.Where((_, i) => i % 2 == 0))
            weight.requires_grad = false;
        using var pass = kernels.Begin(model.Weights, model.Shape, BlockTokens.Of(x));
        var output = pass.Forward(x);
        TensorAssert.BitEqual(expected[0], pass.SendBack(x, gradient));
        for (var i = 0; i < model.All.Count; i++)
        {
            if (i % 2 == 0)
                Assert.Null(model.All[i].grad);
            else
                TensorAssert.BitEqual(expected[i + 1], model.All[i].grad!);
        }
        Assert.Equal(x.shape, output.shape);
    }

    [Fact]
    public void SendBack_Twice_ThrowsInvalidOperationException()
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        var model = BlockModel.Create(24, 75, 3, FusedActivation.Gelu, causal: false);
        var x = TestTensors.Create(3, 7, 24);
        using var pass = kernels.Begin(model.Weights, model.Shape, BlockTokens.Of(x));
        var output = pass.Forward(x);
        pass.SendBack(x, output);
        Assert.Throws<InvalidOperationException>(() => pass.SendBack(x, output));
    }

    [Fact]
    public void Dispose_PassesDoneAndLeft_GivesMemoryBack()
    {
        using var scope = NewDisposeScope();
        var before = TransformerChecks.LiveBytes();
        var model = BlockModel.Create(24, 75, 3, FusedActivation.Gelu, causal: false);
        var x = TestTensors.Create(3, 7, 24);
        IBlockPass left;
        using (var kernels = new TrainingKernels<Simd256, Vector256<float>>())
        {
            Run(kernels, model, x, x);
            left = kernels.Begin(model.Weights, model.Shape, BlockTokens.Of(x));
            Assert.NotEqual(before, NativeFloats.LiveBytes);
        }
        left.Dispose();
        Assert.Equal(before, TransformerChecks.LiveBytes());
    }

    private static void CheckBlock<TSimd, TVector>(int sequences, int length, int width, int hidden, int heads, string activation, bool causal)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<TSimd, TVector>();
        var model = BlockModel.Create(width, hidden, heads, Activation(activation), causal);
        var (x, gradient) = (TestTensors.Create(sequences, length, width) * 4, TestTensors.Create(length, sequences, width).transpose(0, 1).contiguous());
        var expected = model.To(ScalarType.Float64).Run(x, gradient);
        var libtorch = model.To(ScalarType.Float32).Run(x, gradient);
        var actual = Run(kernels, model, x, gradient);
        RequireAsExact("output", expected.Output, libtorch.Output, actual.Output);
        RequireAsExact(expected.Gradients, libtorch.Gradients, actual.Gradients);
    }

    // One token of each sequence: the others' outputs have no gradients.
    private static void CheckChosen<TSimd, TVector>(int sequences, int length, int width, int hidden, int heads, string activation, bool causal)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<TSimd, TVector>();
        var model = BlockModel.Create(width, hidden, heads, Activation(activation), causal);
        var (x, gradient) = (TestTensors.Create(sequences, length, width) * 4, TestTensors.Create(width, sequences).t().contiguous());
        long[] chosen = [.. Enumerable.Range(0, sequences).Select(i => (i + 1) * 7L % length)];
        var index = tensor(chosen).view(-1, 1, 1).expand(-1, 1, width);
        var all = zeros_like(x).scatter(1, index, gradient.unsqueeze(1));
        var expected = model.To(ScalarType.Float64).Run(x, all);
        var libtorch = model.To(ScalarType.Float32).Run(x, all);
        Tensor Chosen(Tensor output) => output.gather(1, index).squeeze(1);
        var actual = Run(kernels, model, BlockTokens.Of(x) with { Chosen = chosen }, x, gradient);
        RequireAsExact("output", Chosen(expected.Output), Chosen(libtorch.Output), actual.Output);
        RequireAsExact(expected.Gradients, libtorch.Gradients, actual.Gradients);
    }

    private static void RequireAsExact(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> libtorch, IReadOnlyList<Tensor> actual)
    {
        for (var i = 0; i < expected.Count; i++)
            RequireAsExact($"gradient {i}", expected[i], libtorch[i], actual[i], s_sums.Contains(i) ? SlackOfSums : Slack);
    }

    private static void CheckLinear<TSimd, TVector>(int rows, int inputs, int outputs)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<TSimd, TVector>();
        var (x, gradient) = (TestTensors.Create(rows, inputs), TestTensors.Create(outputs, rows).t().contiguous());
        var (weight, bias) = (TestTensors.Create(outputs, inputs).requires_grad_(true), TestTensors.Create(outputs).requires_grad_(true));
        var (expected, libtorch) = (Libtorch(ScalarType.Float64), Libtorch(ScalarType.Float32));
        RequireAsExact("output", expected[0], libtorch[0], kernels.Multiply(x, weight, bias));
        RequireAsExact("input", expected[1], libtorch[1], kernels.SendBack(x, weight, bias, gradient, wantsInput: true)!);
        RequireAsExact("weight", expected[2], libtorch[2], weight.grad!);
        RequireAsExact("bias", expected[3], libtorch[3], bias.grad!);

        Tensor[] Libtorch(ScalarType dtype)
        {
            Tensor Leaf(Tensor tensor) => tensor.detach().to(dtype).clone().requires_grad_(true);
            var (input, factors, addend) = (Leaf(x), Leaf(weight), Leaf(bias));
            var output = nn.functional.linear(input, factors, addend);
            output.backward([gradient.to(dtype)]);
            return [output.detach(), input.grad!, factors.grad!, addend.grad!];
        }
    }

    // Roots of mean squares, because the largest of some errors is a matter of chance.
    private static void RequireAsExact(string name, Tensor expected, Tensor libtorch, Tensor actual, double slack = Slack)
    {
        const double LastPlaces = 1e-7;
        var size = expected.pow(2).mean().sqrt().item<double>();
        double Error(Tensor tensor) => (tensor.to(ScalarType.Float64) - expected).pow(2).mean().sqrt().item<double>() / size;
        Assert.Equal(expected.shape, actual.shape);
        var (ours, theirs) = (Error(actual), Error(libtorch));
        Assert.True(ours <= slack * theirs + LastPlaces, $"{name}: {ours:G3}, and libtorch's {theirs:G3}");
    }

    private static (Tensor Output, IReadOnlyList<Tensor> Gradients) Run(ITrainingKernels kernels, BlockModel model, Tensor x, Tensor gradient) =>
        Run(kernels, model, BlockTokens.Of(x), x, gradient);

    private static (Tensor Output, IReadOnlyList<Tensor> Gradients) Run(
        ITrainingKernels kernels, BlockModel model, BlockTokens tokens, Tensor x, Tensor gradient)
    {
        using var pass = kernels.Begin(model.Weights, model.Shape, tokens);
        var output = pass.Forward(x);
        var input = pass.SendBack(x, gradient);
        return (output, [input, .. model.Gradients]);
    }

    private static FusedActivation Activation(string name) => name switch
    {
        nameof(FusedActivation.Gelu) => FusedActivation.Gelu,
        nameof(FusedActivation.GeluTanh) => FusedActivation.GeluTanh,
        nameof(FusedActivation.Relu) => FusedActivation.Relu,
        _ => FusedActivation.Swish(1.702),
    };
}
