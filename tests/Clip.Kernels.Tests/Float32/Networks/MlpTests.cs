using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class MlpTests
{
    public MlpTests() => TorchLibraries.EnsureLoaded();

    // Few rows share the weights among threads, many pass in blocks.
    [Theory]
    [InlineData(21, 50, false, 1), InlineData(21, 50, true, 2), InlineData(32, 128, true, 1), InlineData(48, 33, false, 0)]
    public void Forward_AnyNumberOfRows_EqualsTheEquation(int width, int hidden, bool multiplies, int norms)
    {
        using var scope = NewDisposeScope();
        var weights = new MlpWeights
        {
            Norms = [.. Enumerable.Range(0, norms).Select(number => (TestTensors.Create(width) + 1 + number, TestTensors.Create(width)))],
            NormEpsilon = 1e-6,
            Expand = (TestTensors.Create(hidden, width), TestTensors.Create(hidden)),
            Multiply = multiplies ? (TestTensors.Create(hidden, width) + 0.1, TestTensors.Create(hidden) + 1) : null,
            Activation = FusedActivation.Gelu,
            Contract = (TestTensors.Create(width, hidden), TestTensors.Create(width)),
            Scale = multiplies ? null : TestTensors.Create(width) + 2,
        };
        foreach (var kernel in (IMlpKernel[])[new Mlp<Simd256, Vector256<float>>(weights), new Mlp<Simd512, Vector512<float>>(weights)])
        {
            using (kernel)
            {
                foreach (var rows in (int[])[0, 1, 61, 2000])
                {
                    var (x, residual) = (TestTensors.Create(1, rows, width), TestTensors.Create(1, rows, width) * 3);
                    var actual = kernel.Forward(x, residual);
                    Assert.Equal([1, rows, width], actual.shape);
                    if (rows == 0)
                        continue;
                    TestTensors.Close(Expected(Double(x), Double(residual), weights), actual);
                    TensorAssert.BitEqual(actual.narrow(1, 0, 1).contiguous(), kernel.Forward(x.narrow(1, 0, 1), residual.narrow(1, 0, 1)));
                }
            }
        }
    }

    private static Tensor Double(Tensor tensor) => tensor.to(ScalarType.Float64);

    private static Tensor Expected(Tensor x, Tensor residual, MlpWeights weights)
    {
        foreach (var (gain, bias) in weights.Norms)
            x = nn.functional.layer_norm(x, [x.shape[^1]], Double(gain), Double(bias), weights.NormEpsilon);
        var hidden = nn.functional.gelu(Linear(x, weights.Expand));
        if (weights.Multiply is { } multiply)
            hidden *= Linear(x, multiply);
        var branch = Linear(hidden, weights.Contract);
        return residual + (weights.Scale is { } scale ? branch * Double(scale) : branch);
    }

    private static Tensor Linear(Tensor x, (Tensor Weight, Tensor Bias) layer) => nn.functional.linear(x, Double(layer.Weight), Double(layer.Bias));
}
