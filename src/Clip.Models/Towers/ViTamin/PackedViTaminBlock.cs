using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A block of a ViTamin whose matrices are in kernels; libtorch attends.</summary>
/// <param name="norm">The norm before the attention.</param>
/// <param name="attention">The attention without its projections.</param>
/// <param name="input">The projection to queries, keys and values.</param>
/// <param name="output">The projection of what was attended to.</param>
/// <param name="branch">The gated MLP with its norms.</param>
internal sealed class PackedViTaminBlock(
    MixedPrecisionLayerNorm norm, ViTaminAttention attention, ILinearKernel input, ILinearKernel output, IMlpKernel branch)
{
    /// <summary>Maps [N, L, W] to the same shape.</summary>
    public Tensor Compute(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (images, tokens, width) = (x.shape[0], x.shape[1], x.shape[2]);
        var projected = input.Forward(norm.call(x).view(-1, width)).view(images, tokens, -1);          // [N, L, 3 W]
        var attended = x + output.Forward(attention.Attend(projected).reshape(-1, width)).view(images, tokens, width);
        return branch.Forward(attended, attended).MoveToOuterDisposeScope();
    }
}
