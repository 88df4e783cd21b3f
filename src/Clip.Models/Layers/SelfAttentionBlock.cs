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

    /// <summary>The block for one token of each sequence, which takes a fraction of the work; null where no kernel for training does it.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="positions">Which token, [N].</param>
    /// <returns>[N, W], or null.</returns>
    public virtual Tensor? TryRunAt(Tensor x, IReadOnlyList<long> positions) => null;

    /// <summary>The block for further tokens of a text.</summary>
    /// <inheritdoc cref="SelfAttention.Continue"/>
    public abstract Tensor Continue(Tensor x, KeyValueCache before, int layer, Tensor? mask);
}
