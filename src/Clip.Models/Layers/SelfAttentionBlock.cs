using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A block of self-attention and an MLP of two layers, with a norm for each.</summary>
internal abstract class SelfAttentionBlock(string name) : TransformerBlock(name)
{
    /// <summary>The attention.</summary>
    public abstract SelfAttention Attention { get; }

    /// <summary>The MLP.</summary>
    public abstract Mlp Mlp { get; }

    /// <summary>All weights, for a kernel that computes the same.</summary>
    public abstract BlockWeights Weights { get; }

    /// <summary>The block by a kernel for training; null where there is none for it.</summary>
    /// <param name="x">Activations [N, L, W] or [T, W].</param>
    /// <param name="tokens">Which tokens these are, and which of them are wanted.</param>
    /// <returns>Activations of the same shape, or of the wanted tokens [N, W]; or null.</returns>
    public virtual Tensor? TryRun(Tensor x, BlockTokens tokens) => null;

    /// <summary>The block for further tokens of a text.</summary>
    /// <inheritdoc cref="SelfAttention.Continue"/>
    public abstract Tensor Continue(Tensor x, KeyValueCache before, int layer, Tensor? mask);
}
