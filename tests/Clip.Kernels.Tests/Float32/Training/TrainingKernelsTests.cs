using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Training;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Training;

[Collection(nameof(TestTensors))]
public sealed class TrainingKernelsTests
{
    // Gains and biases have sums over tokens that nearly cancel: a wrong sum errs by thousands.
    private const double Slack = 1.5, SlackOfSums = 6;

    // Of one token per sequence there are few rows, in which rounding is more a matter of chance: up to 2.3 times was seen.
    private const double SlackOfFew = 3;

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
        { 3, 100, 64, 96, 2, nameof(FusedActivation.Gelu), true },
        { 1, 64, 64, 64, 1, nameof(FusedActivation.Gelu), false },
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

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Sequences_DifferentLengths_GiveWhatEachGivesAlone(bool causal, bool chosen)
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        var model = BlockModel.Create(48, 130, 3, FusedActivation.Gelu, causal);
        long[] lengths = [5, 1, 33, 90, 17];
        long[] wanted = [4, 0, 20, 89, 3];
        var x = TestTensors.Create((int)lengths.Sum(), 48) * 4;
        var gradient = TestTensors.Create(48, chosen ? lengths.Length : (int)lengths.Sum()).t().contiguous();
        var tokens = BlockTokens.Of(new TokenSequences(lengths)) with { Chosen = chosen ? wanted : null };
        var together = Run(kernels, model.To(ScalarType.Float32), tokens, x, gradient);

        var alone = model.To(ScalarType.Float32);
        var (first, sums) = (0L, new List<Tensor>());
        for (var i = 0; i < lengths.Length; i++)
        {
            var one = x.narrow(0, first, lengths[i]).unsqueeze(0).contiguous();
            var from = chosen ? gradient.narrow(0, i, 1) : gradient.narrow(0, first, lengths[i]).unsqueeze(0);
            var (output, gradients) = Run(kernels, alone, BlockTokens.Of(one) with { Chosen = chosen ? [wanted[i]] : null }, one, from.contiguous());
            TensorAssert.BitEqual(output.flatten(0, -2), chosen ? together.Output.narrow(0, i, 1) : together.Output.narrow(0, first, lengths[i]));
            TensorAssert.BitEqual(gradients[0].squeeze(0), together.Gradients[0].narrow(0, first, lengths[i]));
            first += lengths[i];
            sums = [.. gradients.Skip(1)];
        }
        foreach (var (one, other) in sums.Zip(together.Gradients.Skip(1)))
            TestTensors.Close(one.to(ScalarType.Float64), other);
    }

    [Fact]
    public void Tokens_TextsOfDifferentLengths_AreThoseOfLibtorch()
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        var (vectors, positions) = (TestTensors.Create(11, 20).requires_grad_(true), TestTensors.Create(9, 20).requires_grad_(true));
        var ids = tensor(new long[] { 3, 10, 0, 3, 3, 7, 1, 1, 9, 2, 4, 10, 0, 0, 0 }).view(3, 5);
        long[] lengths = [5, 2, 3];
        var gradient = TestTensors.Create(10, 20);
        for (var times = 1; times <= 2; times++)
        {
            using var pass = kernels.TryBeginTokens(vectors, positions, new TokenSequences(lengths))!;
            var expected = cat([.. lengths.Select((length, i) =>
                vectors.index_select(0, ids[i].narrow(0, 0, length)) + positions.narrow(0, 0, length))]);
            TensorAssert.BitEqual(expected.detach(), pass.Forward(ids));
            var (ofVectors, ofPositions) = (zeros(11, 20, ScalarType.Float64), zeros(9, 20, ScalarType.Float64));
            for (var (i, first) = (0, 0L); i < lengths.Length; first += lengths[i++])
            {
                var own = gradient.narrow(0, first, lengths[i]).to(ScalarType.Float64);
                ofVectors.index_add_(0, ids[i].narrow(0, 0, lengths[i]), own, 1);
                ofPositions.narrow(0, 0, lengths[i]).add_(own);
            }
            Assert.Null(pass.SendBack(ids, gradient));
            TestTensors.Close(times * ofVectors, vectors.grad!);
            TestTensors.Close(times * ofPositions, positions.grad!);
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Patches_AllWeights_AreAsExactAsLibtorch(bool classToken, bool norm)
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        Tensor Leaf(Tensor tensor) => tensor.requires_grad_(true);
        var length = classToken ? 7 : 6;
        var weights = new PatchWeights
        {
            Weight = Leaf(TestTensors.Create(40, 75).view(40, 3, 5, 5)),
            Bias = classToken ? null : Leaf(TestTensors.Create(40)),
            ClassToken = classToken ? Leaf(TestTensors.Create(40)) : null,
            Positions = Leaf(TestTensors.Create(length, 40)),
            Norm = norm ? (Leaf(TestTensors.Create(40)), Leaf(TestTensors.Create(40))) : null,
            Epsilon = 1e-5,
        };
        var pixels = TestTensors.Create(4, 3 * 10 * 15).view(4, 3, 10, 15);
        var gradient = TestTensors.Create(length, 4, 40).transpose(0, 1).contiguous();
        Tensor[] all = [.. ((Tensor?[])[weights.Weight, weights.Bias, weights.ClassToken, weights.Positions, weights.Norm?.Weight, weights.Norm?.Bias]).OfType<Tensor>()];
        var (expected, libtorch) = (Libtorch(ScalarType.Float64), Libtorch(ScalarType.Float32));

        using var pass = kernels.TryBeginPatches(weights, pixels)!;
        RequireAsExact("output", expected[0], libtorch[0], pass.Forward(pixels));
        Assert.Null(pass.SendBack(pixels, gradient));
        for (var i = 0; i < all.Length; i++)
            RequireAsExact($"gradient {i}", expected[i + 1], libtorch[i + 1], all[i].grad!, SlackOfSums);

        Tensor[] Libtorch(ScalarType dtype)
        {
            var leaves = all.Select(tensor => tensor.detach().to(dtype).clone().requires_grad_(true)).ToList();
            Tensor? Of(Tensor? weight) => weight is null ? null : leaves[Array.FindIndex(all, one => ReferenceEquals(one, weight))];
            var patches = nn.functional.conv2d(pixels.to(dtype), Of(weights.Weight)!, Of(weights.Bias), strides: [5, 5]).flatten(2).transpose(1, 2);
            var tokens = (Of(weights.ClassToken) is { } first ? cat([first.expand(4, 1, -1), patches], 1) : patches) + Of(weights.Positions)!;
            if (weights.Norm is { } affine)
                tokens = nn.functional.layer_norm(tokens, [40], Of(affine.Weight), Of(affine.Bias), weights.Epsilon);
            tokens.backward([gradient.to(dtype)]);
            return [tokens.detach(), .. leaves.Select(leaf => leaf.grad!)];
        }
    }

    [Theory, MemberData(nameof(Layers))]
    public void NormAndProjection_AnySizes_AreAsExactAsLibtorch(int rows, int width, int outputs)
    {
        const double Epsilon = 1e-5;
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        Tensor Leaf(Tensor tensor, ScalarType dtype) => tensor.detach().to(dtype).clone().requires_grad_(true);
        var x = TestTensors.Create(rows, width);
        var (gain, bias, matrix) = (TestTensors.Create(width) + 1, TestTensors.Create(1, width).flatten(), TestTensors.Create(width, outputs));
        var gradient = TestTensors.Create(outputs, rows).t().contiguous();
        var (expected, libtorch) = (Libtorch(ScalarType.Float64), Libtorch(ScalarType.Float32));

        (gain, bias, matrix) = (Leaf(gain, ScalarType.Float32), Leaf(bias, ScalarType.Float32), Leaf(matrix, ScalarType.Float32));
        using var norm = kernels.TryBeginNorm((gain, bias), Epsilon, x)!;
        var normed = norm.Forward(x);
        using var projection = kernels.TryBeginProjection(matrix, normed)!;
        var output = projection.Forward(normed);
        var ofNormed = projection.SendBack(normed, gradient)!;
        var ofInput = norm.SendBack(x, ofNormed)!;
        Tensor[] actual = [output, ofInput, gain.grad!, bias.grad!, matrix.grad!];
        for (var i = 0; i < actual.Length; i++)
        {
            // A row of one element is normed to nothing, of which rounding is all that is left.
            if (width > 1)
                RequireAsExact($"{i}", expected[i], libtorch[i], actual[i], SlackOfSums);
        }

        Tensor[] Libtorch(ScalarType dtype)
        {
            var (input, factors, addends, weights) = (Leaf(x, dtype), Leaf(gain, dtype), Leaf(bias, dtype), Leaf(matrix, dtype));
            var result = nn.functional.layer_norm(input, [width], factors, addends, Epsilon).matmul(weights);
            result.backward([gradient.to(dtype)]);
            return [result.detach(), input.grad!, factors.grad!, addends.grad!, weights.grad!];
        }
    }

    [Theory]
    [InlineData(3, 7, 20, 1)]
    [InlineData(5, 65, 128, 1)]
    [InlineData(2, 2, 3, 1)]
    [InlineData(40, 50, 768, 0)]
    public void Mean_AnySizes_IsThatOfLibtorch(int items, int length, int width, int first)
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd512, Vector512<float>>();
        var x = randn(items, length, width).requires_grad_(true);
        var gradient = randn(items, width);
        var expected = x.narrow(1, first, length - first).mean([1]);
        expected.backward([gradient]);

        using var pass = kernels.TryBeginMean(first, x)!;

        TensorAssert.Close(expected, pass.Forward(x), 1e-6);
        TensorAssert.Close(x.grad!, pass.SendBack(x, gradient)!, 1e-7);
    }

    [Fact]
    public void ForgetGradient_OfABackwardPass_GivesItsMemoryToTheNext()
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<Simd256, Vector256<float>>();
        var model = BlockModel.Create(24, 75, 3, FusedActivation.Gelu, causal: false);
        var (x, gradient) = (TestTensors.Create(3, 7, 24) * 4, TestTensors.Create(7, 3, 24).transpose(0, 1).contiguous());
        var first = Run(kernels, model, x, gradient).Gradients.Skip(1).Select(tensor => (tensor.clone(), Address(tensor))).ToArray();
        foreach (var weight in model.All)
            kernels.ForgetGradient(weight);
        Assert.All(model.All, weight => Assert.Null(weight.grad));
        var second = Run(kernels, model, x, gradient).Gradients.Skip(1);
        foreach (var ((values, address), actual) in first.Zip(second))
        {
            TensorAssert.BitEqual(values, actual);
            Assert.Equal(address, Address(actual));
        }

        static unsafe nint Address(Tensor tensor) => (nint)TensorMemory.Pointer<float>(tensor);
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
        TensorAssert.BitEqual(expected[0], pass.SendBack(x, gradient)!);
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
        ITrainingPass left;
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
        ErrorsBesideLibtorch.Require((errors, input) =>
        {
            var (x, gradient) = (TestTensors.Draw(input, sequences, length, width) * 4, TestTensors.Draw(input + ErrorsBesideLibtorch.Inputs, sequences, length, width));
            var expected = model.To(ScalarType.Float64).Run(x, gradient);
            var libtorch = model.To(ScalarType.Float32).Run(x, gradient);
            var actual = Run(kernels, model.To(ScalarType.Float32), x, gradient);
            errors.Add("output", expected.Output, libtorch.Output, actual.Output, Slack);
            AddGradients(errors, expected.Gradients, libtorch.Gradients, actual.Gradients, Slack);
        });
    }

    // One token of each sequence: the others' outputs have no gradients.
    private static void CheckChosen<TSimd, TVector>(int sequences, int length, int width, int hidden, int heads, string activation, bool causal)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<TSimd, TVector>();
        var model = BlockModel.Create(width, hidden, heads, Activation(activation), causal);
        long[] chosen = [.. Enumerable.Range(0, sequences).Select(i => (i + 1) * 7L % length)];
        var index = tensor(chosen).view(-1, 1, 1).expand(-1, 1, width);
        Tensor Chosen(Tensor output) => output.gather(1, index).squeeze(1);
        ErrorsBesideLibtorch.Require((errors, input) =>
        {
            var (x, gradient) = (TestTensors.Draw(input, sequences, length, width) * 4, TestTensors.Draw(input + ErrorsBesideLibtorch.Inputs, sequences, width));
            var all = zeros_like(x).scatter(1, index, gradient.unsqueeze(1));
            var expected = model.To(ScalarType.Float64).Run(x, all);
            var libtorch = model.To(ScalarType.Float32).Run(x, all);
            var actual = Run(kernels, model.To(ScalarType.Float32), BlockTokens.Of(x) with { Chosen = chosen }, x, gradient);
            errors.Add("output", Chosen(expected.Output), Chosen(libtorch.Output), actual.Output, SlackOfFew);
            AddGradients(errors, expected.Gradients, libtorch.Gradients, actual.Gradients, SlackOfFew);
        });
    }

    private static void AddGradients(
        ErrorsBesideLibtorch errors, IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> libtorch, IReadOnlyList<Tensor> actual, double slack)
    {
        for (var i = 0; i < expected.Count; i++)
            errors.Add($"gradient {i}", expected[i], libtorch[i], actual[i], s_sums.Contains(i) ? SlackOfSums : slack);
    }

    private static void CheckLinear<TSimd, TVector>(int rows, int inputs, int outputs)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        using var kernels = new TrainingKernels<TSimd, TVector>();
        ErrorsBesideLibtorch.Require((errors, input) =>
        {
            var (x, gradient) = (TestTensors.Draw(input, rows, inputs), TestTensors.Draw(input + ErrorsBesideLibtorch.Inputs, rows, outputs));
            var (weight, bias) = (TestTensors.Create(outputs, inputs).requires_grad_(true), TestTensors.Create(outputs).requires_grad_(true));
            var (expected, libtorch) = (Libtorch(ScalarType.Float64), Libtorch(ScalarType.Float32));
            Tensor[] actual =
                [kernels.Multiply(x, weight, bias), kernels.SendBack(x, weight, bias, gradient, wantsInput: true)!, weight.grad!, bias.grad!];
            foreach (var (i, name) in new[] { "output", "input", "weight", "bias" }.Index())
                errors.Add(name, expected[i], libtorch[i], actual[i], Slack);

            Tensor[] Libtorch(ScalarType dtype)
            {
                Tensor Leaf(Tensor tensor) => tensor.detach().to(dtype).clone().requires_grad_(true);
                var (leaf, factors, addend) = (Leaf(x), Leaf(weight), Leaf(bias));
                var output = nn.functional.linear(leaf, factors, addend);
                output.backward([gradient.to(dtype)]);
                return [output.detach(), leaf.grad!, factors.grad!, addend.grad!];
            }
        });
    }

    private static void RequireAsExact(string name, Tensor expected, Tensor libtorch, Tensor actual, double slack = Slack) =>
        ErrorsBesideLibtorch.Require((errors, _) => errors.Add(name, expected, libtorch, actual, slack), inputs: 1);

    private static (Tensor Output, IReadOnlyList<Tensor> Gradients) Run(ITrainingKernels kernels, BlockModel model, Tensor x, Tensor gradient) =>
        Run(kernels, model, BlockTokens.Of(x), x, gradient);

    private static (Tensor Output, IReadOnlyList<Tensor> Gradients) Run(
        ITrainingKernels kernels, BlockModel model, BlockTokens tokens, Tensor x, Tensor gradient)
    {
        using var pass = kernels.Begin(model.Weights, model.Shape, tokens);
        var output = pass.Forward(x);
        var input = pass.SendBack(x, gradient)!;
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
