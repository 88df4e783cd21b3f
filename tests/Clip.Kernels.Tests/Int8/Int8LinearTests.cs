using System.Security.Cryptography;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Int8;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Int8;

[Collection(nameof(TestTensors))]
public sealed class Int8LinearTests
{
    private const int Guard = 3;

    // Rows, inputs, outputs.
    private static readonly (int Rows, int Inputs, int Outputs)[] s_shapes =
    [
        (1, 4, 1), (5, 31, 24), (7, 48, 40), (50, 64, 48), (300, 48, 80), (5, 768, 320), (50, 31, 768),
        (1, 768, 768), (7, 4, 320), (300, 64, 24), (6, 1, 16), (3, 3072, 17),
    ];

    private static readonly FusedActivation?[] s_activations = [null, FusedActivation.Gelu, FusedActivation.GeluTanh, FusedActivation.Swish(1.702), null];

    public Int8LinearTests() => TorchLibraries.EnsureLoaded();

    public static TheoryData<string> Forms => Int8Forms.Names;

    // Integers whose rows reach the limits have a scale of 1: what comes out are the sums themselves, converted to float32.
    [Theory, MemberData(nameof(Forms))]
    public void Compute_Integers_EqualsTheirSumsIn64Bits(string form)
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, inputs, outputs) in s_shapes)
        {
            var (x, weight) = (Integers(rows, inputs, Int8Range.InputLimit), Integers(outputs, inputs, Int8Range.WeightLimit));
            Equal(x, weight);

            // The largest of all products, with each sign.
            Equal(x.sign().masked_fill(x.eq(0), 1) * Int8Range.InputLimit, weight.sign().masked_fill(weight.eq(0), 1) * Int8Range.WeightLimit);
            Equal(full_like(x, Int8Range.InputLimit), full_like(weight, Int8Range.WeightLimit));
            Equal(full_like(x, -Int8Range.InputLimit), full_like(weight, Int8Range.WeightLimit));
            Equal(full_like(x, Int8Range.InputLimit), full_like(weight, -Int8Range.WeightLimit));
            Equal(full_like(x, -Int8Range.InputLimit), full_like(weight, -Int8Range.WeightLimit));
        }

        void Equal(Tensor x, Tensor weight)
        {
            var expected = x.to(ScalarType.Int64).matmul(weight.to(ScalarType.Int64).t());
            TensorAssert.BitEqual(expected.to(ScalarType.Float32), Multiply(form, 1, x, weight, null));
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void Compute_AnyElements_ErrsByHalfAStepOfEachFactorAtMost(string form)
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, inputs, outputs) in s_shapes)
        {
            // Rows of very different size.
            var x = TestTensors.Create(rows, inputs) * arange(rows, ScalarType.Float32).remainder(7).neg().exp().unsqueeze(1) * 30;
            var (weight, bias) = (TestTensors.Create(outputs, inputs), TestTensors.Create(outputs));
            var (precise, preciseWeight) = (x.to(ScalarType.Float64), weight.to(ScalarType.Float64));
            var expected = precise.matmul(preciseWeight.t()) + bias;
            var halfStep = precise.abs().amax([1], keepdim: true) / Int8Range.InputLimit / 2;                       // [rows, 1]
            var halfWeightStep = preciseWeight.abs().amax([1]) / Int8Range.WeightLimit / 2;                         // [outputs]
            var bound = halfStep * preciseWeight.abs().sum(1) + precise.abs().sum(1, keepdim: true) * halfWeightStep + halfStep * halfWeightStep * inputs;

            var actual = Multiply(form, 1, x, weight, bias);

            Assert.True(((actual - expected).abs() <= bound * 1.00001 + expected.abs().max() * 1e-6).all().item<bool>());
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void Compute_AnyForm_GivesTheSameBits(string form)
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, inputs, outputs) in s_shapes)
        {
            var (x, weight) = (TestTensors.Create(rows, inputs) * 9, TestTensors.Create(outputs, inputs));
            var (bias, addends) = (TestTensors.Create(outputs), TestTensors.Create(rows, outputs));
            var number = Array.IndexOf(s_shapes, (rows, inputs, outputs));
            Equal(number % 2 == 0 ? addends : null, s_activations[number % s_activations.Length]);

            void Equal(Tensor? added, FusedActivation? activation) => TensorAssert.BitEqual(
                Multiply(Int8Forms.Plain, 1, x, weight, bias, added, activation), Multiply(form, 1, x, weight, bias, added, activation));
        }
    }

    // Integers and powers of two, made without a library's functions, which round differently from one processor to the next.
    [Theory, MemberData(nameof(Forms))]
    public void Compute_KnownElements_GivesTheBitsOfAllProcessors(string form)
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias) = (Integers(20, 100, 1000) / 64, Integers(70, 100, 1000) / 4096, Integers(1, 70, 1000).squeeze(0) / 512);

        var actual = Multiply(form, 1, x, weight, bias, null, FusedActivation.Swish(1.702));

        Assert.Equal("4B9D6666AA926B91", Convert.ToHexString(SHA256.HashData(actual.bytes))[..16]);
    }

    [Fact]
    public void Compute_Activation_IsThatOfTheResult()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (TestTensors.Create(13, 64), TestTensors.Create(40, 64));
        var (bias, addends) = (TestTensors.Create(40), TestTensors.Create(13, 40));
        var sum = Multiply(Int8Forms.Plain, 1, x, weight, bias, addends).to(ScalarType.Float64);

        Equal(nn.functional.gelu(sum), FusedActivation.Gelu);
        Equal(0.5 * sum * (1 + (Math.Sqrt(2 / Math.PI) * (sum + 0.044715 * sum.pow(3))).tanh()), FusedActivation.GeluTanh);
        Equal(sum * (1.702 * sum).sigmoid(), FusedActivation.Swish(1.702));

        void Equal(Tensor expected, FusedActivation activation) =>
            TestTensors.Close(expected, Multiply(Int8Forms.Plain, 1, x, weight, bias, addends, activation));
    }

    [Theory, MemberData(nameof(Forms))]
    public void Compute_AnyBatchOnAnyNumberOfWorkers_GivesTheSameBits(string form)
    {
        using var scope = NewDisposeScope();
        foreach (var rows in (int[])[1, 50, 400])
        {
            var (x, weight, bias) = (TestTensors.Create(rows, 80), TestTensors.Create(200, 80), TestTensors.Create(200));
            var alone = Multiply(form, 1, x, weight, bias);
            foreach (var workers in (int[])[2, 3, 7])
                TensorAssert.BitEqual(alone, Multiply(form, workers, x, weight, bias));
            TensorAssert.BitEqual(alone.narrow(0, rows / 2, 1), Multiply(form, 1, x.narrow(0, rows / 2, 1).contiguous(), weight, bias));
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void Compute_RowThatIsNotFinite_LeavesTheOthersAsTheyAre(string form)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (TestTensors.Create(4, 37), TestTensors.Create(20, 37));
        var expected = Multiply(form, 1, x, weight, null);
        x[1, 5] = float.NaN;
        x[2, 36] = float.PositiveInfinity;

        var actual = Multiply(form, 1, x, weight, null);

        Assert.True(actual.narrow(0, 1, 2).isnan().all().item<bool>());
        TensorAssert.BitEqual(expected[0], actual[0]);
        TensorAssert.BitEqual(expected[3], actual[3]);
    }

    [Fact]
    public void Pack_Weights_TakeAQuarterOfFloat32AndGiveItBack()
    {
        using var scope = NewDisposeScope();
        var weight = TestTensors.Create(768, 768);
        var before = TransformerChecks.LiveBytes();
        using (KernelBackend.PackInt8(weight, null))
        {
            // Beside the weights there are three numbers per output, and a margin.
            Assert.InRange(NativeFloats.LiveBytes - before, 768 * 768, 768 * (768 + 3 * sizeof(float)) + 8192);
        }

        Assert.Equal(before, TransformerChecks.LiveBytes());
    }

    [Fact]
    public void Pack_MoreInputsThanSumsHold_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => KernelBackend.PackInt8(zeros(1, Int8Range.MostInputs + 1), null));
    }

    // Between -largest and largest; each row has both.
    private static Tensor Integers(int rows, int columns, int largest)
    {
        var state = 12345u + (uint)(rows * columns);
        var numbers = new float[rows * columns];
        for (var i = 0; i < numbers.Length; i++)
        {
            state = 1664525 * state + 1013904223;
            numbers[i] = (int)((state >> 8) % (uint)(2 * largest + 1)) - largest;
        }
        for (var row = 0; row < rows; row++)
        {
            numbers[row * columns] = row % 2 == 0 ? largest : -largest;
            numbers[row * columns + columns - 1] = row % 3 == 0 ? largest : -largest;
        }
        return tensor(numbers, [rows, columns]);
    }

    // The result lies among numbers that must not change.
    private static unsafe Tensor Multiply(
        string form, int workers, Tensor x, Tensor weight, Tensor? bias, Tensor? addends = null, FusedActivation? activation = null)
    {
        using var scope = NewDisposeScope();
        using var packed = Int8Forms.Pack(form, weight, bias);
        var (rows, outputs) = ((nint)x.shape[0], (nint)weight.shape[0]);
        var stride = outputs + Guard;
        var result = full([rows, stride], 42f);
        var added = addends is null ? null : cat([addends, zeros(rows, Guard)], 1).contiguous();
        using var scratch = new NativeFloats(packed.ScratchLength(rows));
        var (from, to, memory) = ((nint)TensorMemory.Pointer<float>(x), (nint)TensorMemory.Pointer<float>(result), (nint)scratch.Pointer);
        var plus = added is null ? 0 : (nint)TensorMemory.Pointer<float>(added);
        new KernelThreads().Run(workers, team => packed.Compute(team, (float*)from, rows, (float*)to, stride, (float*)memory, (float*)plus, activation));

        Assert.True(result.narrow(1, outputs, Guard).eq(42).all().item<bool>());
        return result.narrow(1, 0, outputs).contiguous().MoveToOuterDisposeScope();
    }
}
