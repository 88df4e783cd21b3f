using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A post-norm transformer block whose linear layers are kernels.</summary>
internal sealed class PackedPostNormBlock : IDisposable
{
    private readonly TransformerShape _shape;
    private readonly KernelList _kernels;
    private readonly PackedLinear _input;
    private readonly PackedLinear _output;
    private readonly PackedLinear _expand;
    private readonly PackedLinear _contract;
    private readonly (Tensor Weight, Tensor Bias) _attentionNorm;
    private readonly (Tensor Weight, Tensor Bias) _mlpNorm;

    private PackedPostNormBlock(BlockWeights block, TransformerShape shape, KernelBackend backend, Activation activation, KernelList kernels)
    {
        _shape = shape;
        _kernels = kernels;
        _input = kernels.Add(new PackedLinear(backend, block.InputWeight, block.InputBias));
        _output = kernels.Add(new PackedLinear(backend, block.OutputWeight, block.OutputBias));
        _expand = kernels.Add(new PackedLinear(backend, block.ExpandWeight, block.ExpandBias, activation));
        _contract = kernels.Add(new PackedLinear(backend, block.ContractWeight, block.ContractBias));
        _attentionNorm = Copy(block.AttentionNorm);
        _mlpNorm = Copy(block.MlpNorm);
    }

    /// <summary>Copies a block's weights.</summary>
    /// <param name="block">The weights; each norm follows what it is named after.</param>
    /// <param name="shape">What the blocks have in common.</param>
    /// <param name="activation">The activation of the MLP.</param>
    /// <param name="backend">Makes the kernels.</param>
    public static PackedPostNormBlock Create(BlockWeights block, TransformerShape shape, Activation activation, KernelBackend backend)
    {
        using var noGradients = no_grad();
        return KernelList.Fill(kernels => new PackedPostNormBlock(block, shape, backend, activation, kernels));
    }

    /// <summary>Runs the block: [N, L, W] to the same.</summary>
    /// <param name="x">Activations.</param>
    /// <param name="mask">Added to the attention logits, or null.</param>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var projected = _input.Forward(x).chunk(3, dim: 2);                                              // 3 x [N, L, W]
        var attended = AttentionHeads.Attend(projected[0], projected[1], projected[2], _shape.Heads, mask);
        var tokens = Norm(x.Plus(_output.Forward(attended)), _attentionNorm);                            // [N, L, W]
        return Norm(tokens.Plus(_contract.Forward(_expand.Forward(tokens))), _mlpNorm).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernels.Dispose();
        foreach (var tensor in (Tensor[])[_attentionNorm.Weight, _attentionNorm.Bias, _mlpNorm.Weight, _mlpNorm.Bias])
            tensor.Dispose();
    }

    private Tensor Norm(Tensor x, (Tensor Weight, Tensor Bias) norm)
    {
        var precise = x.to(norm.Weight.dtype);
        return nn.functional.layer_norm(precise, [x.shape[2]], norm.Weight, norm.Bias, _shape.NormEpsilon).to(x.dtype);
    }

    private static (Tensor, Tensor) Copy((Tensor Weight, Tensor Bias) norm) =>
        (norm.Weight.detach().clone().DetachFromDisposeScope(), norm.Bias.detach().clone().DetachFromDisposeScope());
}
