using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Tests.Float32.Training;

/// <summary>A pre-norm transformer block in libtorch's operators, of any dtype, with weights that want gradients.</summary>
internal sealed class BlockModel
{
    private const double Epsilon = 1e-5;

    private BlockModel(BlockWeights weights, TransformerShape shape) => (Weights, Shape) = (weights, shape);

    public BlockWeights Weights { get; }

    public TransformerShape Shape { get; }

    /// <summary>All weights, in one order.</summary>
    public IReadOnlyList<Tensor> All =>
    [
        Weights.AttentionNorm.Weight, Weights.AttentionNorm.Bias, Weights.InputWeight, Weights.InputBias, Weights.OutputWeight, Weights.OutputBias,
        Weights.MlpNorm.Weight, Weights.MlpNorm.Bias, Weights.ExpandWeight, Weights.ExpandBias, Weights.ContractWeight, Weights.ContractBias,
    ];

    public IReadOnlyList<Tensor> Gradients => [.. All.Select(weight => weight.grad!)];

    public static BlockModel Create(int width, int hidden, int heads, FusedActivation activation, bool causal)
    {
        var weights = KernelBlock.Create(width) with
        {
            AttentionScale = null,
            ExpandWeight = TestTensors.Create(hidden, width) / 4,
            ExpandBias = TestTensors.Create(hidden),
            ContractWeight = TestTensors.Create(width, hidden) / 8,
        };
        return new BlockModel(weights, new TransformerShape { Heads = heads, NormEpsilon = Epsilon, Activation = activation, Causal = causal }).To(ScalarType.Float32);
    }

    /// <summary>The same weights in leaves of their own.</summary>
    public BlockModel To(ScalarType dtype)
    {
        Tensor Leaf(Tensor weight) => weight.detach().to(dtype).clone().requires_grad_(true);
        (Tensor, Tensor) Norm((Tensor Weight, Tensor Bias) norm) => (Leaf(norm.Weight), Leaf(norm.Bias));
        return new BlockModel(
            Weights with
            {
                AttentionNorm = Norm(Weights.AttentionNorm),
                InputWeight = Leaf(Weights.InputWeight),
                InputBias = Leaf(Weights.InputBias),
                OutputWeight = Leaf(Weights.OutputWeight),
                OutputBias = Leaf(Weights.OutputBias),
                MlpNorm = Norm(Weights.MlpNorm),
                ExpandWeight = Leaf(Weights.ExpandWeight),
                ExpandBias = Leaf(Weights.ExpandBias),
                ContractWeight = Leaf(Weights.ContractWeight),
                ContractBias = Leaf(Weights.ContractBias),
            },
            Shape);
    }

    /// <summary>Output, and by the backward pass all gradients: of the input first, then of the weights.</summary>
    public (Tensor Output, IReadOnlyList<Tensor> Gradients) Run(Tensor x, Tensor gradient)
    {
        var input = x.detach().to(Weights.InputWeight.dtype).requires_grad_(true);
        var output = Forward(input);
        output.backward([gradient.to(output.dtype)]);
        return (output.detach(), [input.grad!, .. Gradients]);
    }

    private Tensor Forward(Tensor x)
    {
        var width = x.shape[2];
        var parts = nn.functional.linear(Norm(x, Weights.AttentionNorm), Weights.InputWeight, Weights.InputBias).chunk(3, -1);
        var attended = nn.functional.scaled_dot_product_attention(Split(parts[0]), Split(parts[1]), Split(parts[2]), is_casual: Shape.Causal);
        var middle = x + nn.functional.linear(attended.transpose(1, 2).flatten(2), Weights.OutputWeight, Weights.OutputBias);
        var hidden = nn.functional.linear(Norm(middle, Weights.MlpNorm), Weights.ExpandWeight, Weights.ExpandBias);
        return middle + nn.functional.linear(Activate(hidden), Weights.ContractWeight, Weights.ContractBias);

        Tensor Split(Tensor tokens) => tokens.unflatten(2, Shape.Heads, width / Shape.Heads).transpose(1, 2);
        Tensor Norm(Tensor tokens, (Tensor Weight, Tensor Bias) norm) => nn.functional.layer_norm(tokens, [width], norm.Weight, norm.Bias, Epsilon);
        Tensor Activate(Tensor tokens) => Shape.Activation.Kind switch
        {
            ActivationKind.Gelu => nn.functional.gelu(tokens),
            ActivationKind.GeluTanh => 0.5 * tokens * (1 + (Math.Sqrt(2 / Math.PI) * (tokens + 0.044715 * tokens.pow(3))).tanh()),
            ActivationKind.Swish => tokens * (Shape.Activation.Coefficient * tokens).sigmoid(),
            _ => tokens.relu(),
        };
    }
}
