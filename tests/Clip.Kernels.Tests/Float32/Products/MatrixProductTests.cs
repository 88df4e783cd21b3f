using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Products;

[Collection(nameof(TestTensors))]
public sealed class MatrixProductTests
{
    private const int Guard = 3;

    public MatrixProductTests() => TorchLibraries.EnsureLoaded();

    public static TheoryData<int, int, int> Shapes { get; } = new()
    {
        { 1, 1, 1 }, { 2, 7, 5 }, { 3, 16, 16 }, { 4, 33, 64 }, { 5, 100, 48 }, { 6, 3, 100 }, { 7, 64, 65 }, { 61, 20, 130 }, { 50, 768, 96 }, { 13, 1700, 40 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Compute_TwoVectorsWide_EqualsTheProduct(int rows, int inputs, int outputs) => Check<Simd256, Vector256<float>>(rows, inputs, outputs);

    [Theory, MemberData(nameof(Shapes))]
    public void Compute_SmallVectors_EqualsTheProduct(int rows, int inputs, int outputs) => Check<Simd128, Vector128<float>>(rows, inputs, outputs);

    // Without AVX-512 .NET computes these vectors in halves: slower, with the same result.
    [Theory, MemberData(nameof(Shapes))]
    public void Compute_FourVectorsWide_EqualsTheProduct(int rows, int inputs, int outputs) => Check<Simd512, Vector512<float>>(rows, inputs, outputs);

    [Theory, MemberData(nameof(Shapes))]
    public void Compute_NarrowWeights_EqualsFloat32OfTheRoundedOnesToTheBit(int rows, int inputs, int outputs)
    {
        foreach (var (format, dtype) in ((WeightFormat, ScalarType)[])[(WeightFormat.Float16, ScalarType.Float16), (WeightFormat.BFloat16, ScalarType.BFloat16)])
        {
            CheckNarrow<Simd128, Vector128<float>>(rows, inputs, outputs, format, dtype);
            CheckNarrow<Simd256, Vector256<float>>(rows, inputs, outputs, format, dtype);
            CheckNarrow<Simd512, Vector512<float>>(rows, inputs, outputs, format, dtype);
        }
    }

    // The least number that rounds to infinity; the largest that does not is the one before it.
    [Theory]
    [InlineData("Float16", 65520f), InlineData("Float16", -1e6f), InlineData("Float16", float.NaN), InlineData("Float16", float.PositiveInfinity)]
    [InlineData("BFloat16", 3.3961775e38f), InlineData("BFloat16", float.MinValue), InlineData("BFloat16", float.NaN), InlineData("BFloat16", float.NegativeInfinity)]
    public void PackedMatrix_NarrowedWeightBeyondTheRange_IsRefusedAndGivesItsMemoryBack(string name, float value)
    {
        var format = Enum.Parse<WeightFormat>(name);
        using var scope = NewDisposeScope();
        var weight = Elements(70, 33);
        weight[69, 32] = value;
        var before = TransformerChecks.LiveBytes();

        var error = Assert.Throws<NotSupportedException>(() => new PackedMatrix<Simd256, Vector256<float>>(weight, null, format));

        Assert.Contains("unquantized", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, TransformerChecks.LiveBytes());
        weight[69, 32] = MathF.BitDecrement(format == WeightFormat.Float16 ? 65520f : 3.3961775e38f);
        new PackedMatrix<Simd256, Vector256<float>>(weight, null, format).Dispose();
    }

    [Fact]
    public void PackedMatrix_Narrow_TakesHalfOfTheMemory()
    {
        using var scope = NewDisposeScope();
        var weight = Elements(320, 1000);
        var before = TransformerChecks.LiveBytes();

        using var packed = new PackedMatrix<Simd256, Vector256<float>>(weight, null, WeightFormat.BFloat16);

        Assert.InRange(NativeFloats.LiveBytes - before, 320 * 1000 * 2, 320 * 1000 * 2 + 4096);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(7)]
    public void Compute_AnyNumberOfWorkers_GivesTheSameBits(int workers)
    {
        using var scope = NewDisposeScope();
        foreach (var rows in (int[])[1, 50, 900])
        {
            var (x, weight, bias) = (Elements(rows, 80), Elements(200, 80), Elements(200));
            var alone = Multiply<Simd256, Vector256<float>>(1, x, weight, bias, null, null);
            TensorAssert.BitEqual(alone, Multiply<Simd256, Vector256<float>>(workers, x, weight, bias, null, null));
            TensorAssert.BitEqual(alone.narrow(0, rows / 2, 1), Multiply<Simd256, Vector256<float>>(1, x.narrow(0, rows / 2, 1).contiguous(), weight, bias, null, null));
        }
    }

    [Fact]
    public void PackedMatrix_Disposed_GivesItsMemoryBack()
    {
        using var scope = NewDisposeScope();
        var weight = Elements(300, 1000);
        var before = TransformerChecks.LiveBytes();
        using (var packed = new PackedMatrix<Simd256, Vector256<float>>(weight, null))
            Assert.InRange(NativeFloats.LiveBytes - before, 300 * 1000 * sizeof(float), long.MaxValue);

        Assert.Equal(before, TransformerChecks.LiveBytes());
    }

    private static void CheckNarrow<TSimd, TVector>(int rows, int inputs, int outputs, WeightFormat format, ScalarType dtype)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias, addends) = (Elements(rows, inputs), Elements(outputs, inputs), Elements(outputs), Elements(rows, outputs));
        var rounded = weight.to(dtype).to(ScalarType.Float32);
        foreach (var workers in (int[])[1, 3])
        {
            TensorAssert.BitEqual(
                Multiply<TSimd, TVector>(workers, x, rounded, bias, addends, FusedActivation.Gelu),
                Multiply<TSimd, TVector>(workers, x, weight, bias, addends, FusedActivation.Gelu, format));
        }
    }

    private static void Check<TSimd, TVector>(int rows, int inputs, int outputs)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias, addends) = (Elements(rows, inputs), Elements(outputs, inputs), Elements(outputs), Elements(rows, outputs));
        var sum = x.to(ScalarType.Float64).matmul(weight.to(ScalarType.Float64).t()) + bias;

        Equal(sum, Multiply<TSimd, TVector>(1, x, weight, bias, null, null));
        Equal(sum - bias + addends, Multiply<TSimd, TVector>(2, x, weight, null, addends, null));
        Equal((sum + addends).relu(), Multiply<TSimd, TVector>(2, x, weight, bias, addends, FusedActivation.Relu));
        Equal(nn.functional.gelu(sum), Multiply<TSimd, TVector>(1, x, weight, bias, null, FusedActivation.Gelu));
        Equal(sum * (1.702 * sum).sigmoid(), Multiply<TSimd, TVector>(1, x, weight, bias, null, FusedActivation.Swish(1.702)));
        Equal(0.5 * sum * (1 + (Math.Sqrt(2 / Math.PI) * (sum + 0.044715 * sum.pow(3))).tanh()), Multiply<TSimd, TVector>(1, x, weight, bias, null, FusedActivation.GeluTanh));

        static void Equal(Tensor expected, Tensor actual) => TestTensors.Close(expected, actual);
    }

    // The result lies among numbers that must not change.
    private static unsafe Tensor Multiply<TSimd, TVector>(int workers, Tensor x, Tensor weight, Tensor? bias, Tensor? addends, FusedActivation? activation, WeightFormat format = WeightFormat.Float32)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var packed = new PackedMatrix<TSimd, TVector>(weight, bias, format);
        var (rows, outputs) = ((nint)x.shape[0], (nint)weight.shape[0]);
        var stride = outputs + Guard;
        var result = full([rows, stride], 42f);
        var added = addends is null ? null : cat([addends, zeros(rows, Guard)], 1).contiguous();
        var (from, to, plus) = ((nint)TensorMemory.Pointer<float>(x), (nint)TensorMemory.Pointer<float>(result), added is null ? 0 : (nint)TensorMemory.Pointer<float>(added));
        new KernelThreads().Run(workers, team => MatrixProduct<TSimd, TVector>.Compute(
            team, new PlainRows((float*)from, packed.Inputs, packed.Inputs), rows, packed, (float*)to, stride, (float*)plus, activation));

        Assert.True(result.narrow(1, outputs, Guard).eq(42).all().item<bool>());
        return result.narrow(1, 0, outputs).contiguous();
    }

    private static Tensor Elements(params long[] shape) => TestTensors.Create(shape);
}
