using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Tests;

/// <summary>The forms of transformer blocks besides the usual one, in kernels and by their equations.</summary>
internal static class BlockForms
{
    public const int Heads = 3;

    private const double Epsilon = 1e-5;

    // Odd, so that hidden channels end in the middle of a vector.
    private const int Hidden = 75;

    private static readonly TransformerShape s_usual = new() { Heads = Heads, NormEpsilon = Epsilon, Activation = FusedActivation.Gelu, Causal = false };

    public static IReadOnlyDictionary<string, Func<int, int, TransformerShape>> All { get; } = new Dictionary<string, Func<int, int, TransformerShape>>
    {
        ["rotary"] = (length, width) => s_usual with { Rotary = Table(length, width) },
        ["norms behind"] = (_, _) => s_usual with { NormsBehind = true },
        ["gated"] = (_, _) => s_usual with { Gated = true, Activation = FusedActivation.Swish(1) },
        ["inner norms"] = (_, _) => s_usual with { InnerNorms = true },
        ["all but norms behind"] = (length, width) =>
            s_usual with { InnerNorms = true, Gated = true, Activation = FusedActivation.Swish(1), Rotary = Table(length, width) },
        ["all"] = (length, width) => s_usual with { NormsBehind = true, InnerNorms = true, Gated = true, Rotary = Table(length, width) },
    };

    public static TKernel Fill<TKernel>(TKernel kernel, TransformerShape shape, int width)
        where TKernel : ITransformerKernel
    {
        kernel.Append(Block(shape, width), isLast: false, rows: 1);
        kernel.Append(Block(shape, width), isLast: true, rows: 1);
        return kernel;
    }

    /// <summary>The equations in float64, by libtorch; pairs are neighbors, as complex numbers are.</summary>
    public static Tensor Expected(Tensor x, TransformerShape shape, int aloneBlocks = 0)
    {
        var y = x.to(ScalarType.Float64);
        var width = x.shape[2];
        var block = Block(shape, (int)width);
        for (var i = 0; i < 2; i++)
        {
            var isAlone = i >= 2 - aloneBlocks;
            y = Add(y, block.AttentionNorm, input => Attend(input, isAlone));
            y = Add(y, block.MlpNorm, Transform);
        }
        return y;

        Tensor Add(Tensor input, (Tensor, Tensor) norm, Func<Tensor, Tensor> branch) =>
            input + (shape.NormsBehind ? Norm(branch(input), norm) : branch(Norm(input, norm)));
        Tensor Attend(Tensor input, bool isAlone)
        {
            var parts = Linear(input, block.InputWeight, block.InputBias).chunk(3, -1);
            if (isAlone)
                return Linear(Norm(parts[2], block.HeadsNorm), block.OutputWeight, block.OutputBias);
            var (q, k, v) = (Turn(Split(parts[0])), Turn(Split(parts[1])), Split(parts[2]));
            var attended = (q.matmul(k.transpose(-1, -2)) / Math.Sqrt((double)width / Heads)).softmax(-1).matmul(v).transpose(1, 2).flatten(2);
            return Linear(Norm(attended, block.HeadsNorm), block.OutputWeight, block.OutputBias);
        }
        Tensor Transform(Tensor input)
        {
            var hidden = Linear(input, block.ExpandWeight, block.ExpandBias);
            hidden = block.GateWeight is null ? Activate(hidden) : hidden * Activate(Linear(input, block.GateWeight, block.GateBias!));
            return Linear(Norm(hidden, block.HiddenNorm), block.ContractWeight, block.ContractBias);
        }
        Tensor Activate(Tensor input) => shape.Activation == FusedActivation.Gelu ? nn.functional.gelu(input) : nn.functional.silu(input);
        Tensor Turn(Tensor heads)
        {
            if (shape.Rotary is not { } table)
                return heads;
            var (cosines, sines) = table.ToTensors(ScalarType.Float64, CPU);
            var turned = complex(heads.slice(3, 0, heads.shape[3], 2), heads.slice(3, 1, heads.shape[3], 2)) * complex(cosines, sines);
            return stack([turned.real, turned.imag], 4).flatten(3);
        }
        Tensor Norm(Tensor input, (Tensor Weight, Tensor Bias)? norm) => norm is not { } affine ? input
            : nn.functional.layer_norm(input, [input.shape[^1]], affine.Weight.to(ScalarType.Float64), affine.Bias.to(ScalarType.Float64), Epsilon);
        Tensor Linear(Tensor input, Tensor weight, Tensor bias) =>
            nn.functional.linear(input, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        Tensor Split(Tensor input) => input.view(input.shape[0], input.shape[1], Heads, -1).transpose(1, 2);
    }

    private static RotaryTable Table(int length, int width)
    {
        var pairs = width / Heads / 2;
        // The first place is not turned, as a class token is not.
        return new RotaryTable(pairs, [.. Enumerable.Range(0, length * pairs).Select(i => i < pairs ? 0 : (0.37 * (i / pairs)) + (0.05 * (i % pairs)))]);
    }

    private static BlockWeights Block(TransformerShape shape, int width)
    {
        (Tensor, Tensor) Norm(long size) => (TestTensors.Create(size) + 1, TestTensors.Create(size));
        return KernelBlock.Create(width) with
        {
            AttentionScale = null,
            HeadsNorm = shape.InnerNorms ? Norm(width) : null,
            ExpandWeight = TestTensors.Create(Hidden, width) / 4,
            ExpandBias = TestTensors.Create(Hidden),
            GateWeight = shape.Gated ? TestTensors.Create(width, Hidden).t().contiguous() / 3 : null,
            GateBias = shape.Gated ? TestTensors.Create(1, Hidden).flatten() + 0.25 : null,
            HiddenNorm = shape.InnerNorms ? Norm(Hidden) : null,
            ContractWeight = TestTensors.Create(width, Hidden) / 8,
        };
    }
}
