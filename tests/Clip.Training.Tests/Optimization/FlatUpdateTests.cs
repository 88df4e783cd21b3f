using Clip.Training.Optimization;

namespace Clip.Training.Tests.Optimization;

/// <summary>Steps in one pass over float32 tensors beside those of libtorch's operators in float64.</summary>
public sealed class FlatUpdateTests
{
    private const double Factor = 0.375;

    // Less than a chunk, and several of them with a rest that ends in the middle of a vector.
    [Theory]
    [InlineData(1), InlineData(37), InlineData((3 * FlatTensor.ChunkLength) + 5)]
    public void Step_Float32_MovesLikeOperatorsInFloat64(long length)
    {
        using var scope = NewDisposeScope();
        using Parameter single = nn.Parameter(Values(length, 0)), precise = nn.Parameter(Values(length, 0).to(ScalarType.Float64));
        using var ours = Optimizer(single);
        using var reference = Optimizer(precise);
        for (var step = 1; step <= 5; step++)
        {
            single.grad = Values(length, step);
            precise.grad = Values(length, step).to(ScalarType.Float64) * Factor;
            ours.Step(0.01, Factor);
            reference.Step(0.01);
        }
        TensorAssert.Close(precise.detach(), single.detach().to(ScalarType.Float64), 1e-6);
        foreach (var (one, other) in reference.GetState().Zip(ours.GetState()))
            TensorAssert.Close(one.Value.to(ScalarType.Float64), other.Value.to(ScalarType.Float64), 1e-6);
    }

    [Fact]
    public void StepAndMeasure_AnyNumberOfThreads_GiveTheSameBits()
    {
        const long Length = (5 * FlatTensor.ChunkLength) + 3;
        var threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            using Parameter one = nn.Parameter(Values(Length, 0)), other = nn.Parameter(Values(Length, 0));
            using var alone = Optimizer(one);
            using var together = Optimizer(other);
            set_num_threads(1);
            one.grad = Values(Length, 1);
            var norm = GradientNorm.Measure(alone.Parameters);
            alone.Step(0.01);
            set_num_threads(4);
            other.grad = Values(Length, 1);
            Assert.Equal(norm, GradientNorm.Measure(together.Parameters));
            together.Step(0.01);
            TensorAssert.BitEqual(one.detach(), other.detach());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Measure_BothKindsOfTensors_GivesTheNormOfAll()
    {
        using var scope = NewDisposeScope();
        using Parameter flat = nn.Parameter(zeros(100_000)), strided = nn.Parameter(zeros(30, 20)), precise = nn.Parameter(zeros(7, ScalarType.Float64));
        flat.grad = Values(100_000, 1);
        strided.grad = Values(600, 2).view(20, 30).t();
        precise.grad = Values(7, 3).to(ScalarType.Float64);
        var all = cat([flat.grad.to(ScalarType.Float64), strided.grad.flatten().to(ScalarType.Float64), precise.grad]);
        Parameter[] parameters = [flat, strided, precise];
        var measured = GradientNorm.Measure(parameters.Select((parameter, i) => new NamedParameter($"{i}", parameter)));
        Assert.Equal(all.norm().item<double>(), measured, all.norm().item<double>() * 1e-6);
    }

    [Fact]
    public void Measure_NotANumber_IsNotANumber()
    {
        using var scope = NewDisposeScope();
        using var parameter = nn.Parameter(zeros(1000));
        parameter.grad = zeros(1000);
        parameter.grad[999] = float.NaN;
        Assert.True(double.IsNaN(GradientNorm.Measure([new NamedParameter("weight", parameter)])));
    }

    private static AdamWOptimizer Optimizer(Parameter parameter) => new([new ParameterGroup([new NamedParameter("weight", parameter)], 0.2)]);

    private static Tensor Values(long length, int seed) => (arange(length, ScalarType.Float32) * 1.7 + seed).sin();
}
