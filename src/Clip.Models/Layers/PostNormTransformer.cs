using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A stack of post-norm transformer blocks whose linear layers are kernels; attention and norms are libtorch's.</summary>
/// <param name="shape">What the blocks have in common.</param>
/// <param name="activation">The activation of the MLPs.</param>
/// <param name="backend">Makes the kernels.</param>
internal sealed class PostNormTransformer(TransformerShape shape, Activation activation, KernelBackend backend) : ITransformerKernel
{
    private readonly List<PackedPostNormBlock> _blocks = [];

    /// <inheritdoc/>
    public void Append(BlockWeights block, bool isLast, long rows) => _blocks.Add(PackedPostNormBlock.Create(block, shape, activation, backend));

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Tensor? mask) => Run(x, mask, alone: null, aloneBlocks: 0);

    /// <inheritdoc/>
    public Tensor ForwardAlone(Tensor x, Tensor? mask, int blocks)
    {
        using var alone = AttentionHeads.AloneMask(x);
        return Run(x, mask, alone, blocks);
    }

    /// <inheritdoc/>
    public Tensor ForwardAt(Tensor x, Tensor positions, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var index = positions.view(-1, 1, 1).expand(-1, 1, x.shape[2]);
        return Forward(x, mask).gather(1, index).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _blocks.ForEach(block => block.Dispose());

    private Tensor Run(Tensor x, Tensor? mask, Tensor? alone, int aloneBlocks)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var output = x.alias();
        for (var i = 0; i < _blocks.Count; i++)
        {
            var next = _blocks[i].Forward(output, i >= _blocks.Count - aloneBlocks ? alone : mask);
            output.Dispose();
            output = next;
        }
        return output.MoveToOuterDisposeScope();
    }
}
