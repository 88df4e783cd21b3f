using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Tests;

/// <summary>Two transformer blocks that turn queries and keys, in kernels and by their equations.</summary>
internal static class RotaryBlocks
{
    public const int Heads = 3;

    private const double Epsilon = 1e-5;

    public static RotaryTable Table(int length, int width)
    {
        var pairs = width / Heads / 2;
        // The first place is not turned, as a class token is not.
        return new RotaryTable(pairs, [.. Enumerable.Range(0, length * pairs).Select(i => i < pairs ? 0 : (0.37 * (i / pairs)) + (0.05 * (i % pairs)))]);
    }

    public static TransformerShape Shape(RotaryTable table) =>
        new() { Heads = Heads, NormEpsilon = Epsilon, Activation = FusedActivation.Gelu, Causal = false, Rotary = table };

    public static TKernel Fill<TKernel>(TKernel kernel, int width)
        where TKernel : ITransformerKernel
    {
        kernel.Append(KernelBlock.Create(width), isLast: false, rows: 1);
        kernel.Append(KernelBlock.Create(width), isLast: true, rows: 1);
        return kernel;
    }

    /// <summary>The equations in float64, by libtorch; pairs are neighbors, as complex numbers are.</summary>
    public static Tensor Expected(Tensor x, RotaryTable table)
    {
        var y = x.to(ScalarType.Float64);
        var width = x.shape[2];
        var block = KernelBlock.Create(width);
        var (cosines, sines) = table.ToTensors(ScalarType.Float64, CPU);
        var turns = complex(cosines, sines);                                                        // [L, pairs]
        for (var i = 0; i < 2; i++)
        {
            var parts = Linear(Norm(y, block.AttentionNorm), block.InputWeight, block.InputBias).chunk(3, -1);
            var (q, k, v) = (Turn(Split(parts[0])), Turn(Split(parts[1])), Split(parts[2]));
            var attended = (q.matmul(k.transpose(-1, -2)) / Math.Sqrt((double)width / Heads)).softmax(-1).matmul(v).transpose(1, 2).flatten(2);
            y += Linear(attended, block.OutputWeight, block.OutputBias) * block.AttentionScale!.to(ScalarType.Float64);
            y += Linear(nn.functional.gelu(Linear(Norm(y, block.MlpNorm), block.ExpandWeight, block.ExpandBias)), block.ContractWeight, block.ContractBias);
        }
        return y;

        Tensor Turn(Tensor heads)
        {
            var turned = complex(heads.slice(3, 0, heads.shape[3], 2), heads.slice(3, 1, heads.shape[3], 2)) * turns;
            return stack([turned.real, turned.imag], 4).flatten(3);
        }
        Tensor Norm(Tensor input, (Tensor Weight, Tensor Bias) norm) =>
            nn.functional.layer_norm(input, [width], norm.Weight.to(ScalarType.Float64), norm.Bias.to(ScalarType.Float64), Epsilon);
        Tensor Linear(Tensor input, Tensor weight, Tensor bias) =>
            nn.functional.linear(input, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        Tensor Split(Tensor input) => input.view(input.shape[0], input.shape[1], Heads, -1).transpose(1, 2);
    }
}
