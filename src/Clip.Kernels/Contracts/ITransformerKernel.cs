using Clip.Kernels.Weights;

namespace Clip.Kernels.Contracts;

/// <summary>A stack of transformer blocks for inference on a CPU.</summary>
/// <remarks>
/// It computes the equations of the trained blocks in another order of summation and has no gradients. Where only one token per sequence
/// is wanted, the last block queries, projects and transforms that token alone, if its shape has that shortcut.
/// </remarks>
internal interface ITransformerKernel : IDisposable
{
    /// <summary>Appends a block; its weights are copied into packed form.</summary>
    /// <param name="block">The weights.</param>
    /// <param name="isLast">Whether none follows.</param>
    /// <param name="rows">Tokens of all sequences that usually pass together; weights are packed for that.</param>
    void Append(BlockWeights block, bool isLast, long rows);

    /// <summary>Runs the blocks.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="mask">
    /// Added to the attention logits, [G, 1 or heads, L, L] with G that divides N: sequence i adds plane i modulo G; or null.
    /// </param>
    /// <returns>[N, L, W].</returns>
    Tensor Forward(Tensor x, Tensor? mask);

    /// <summary>Runs the blocks on sequences that are made of the places of images.</summary>
    /// <param name="places">Activations of each image's places, [N, P, W].</param>
    /// <param name="order">For each token of all sequences of an image the number of its place, int64 [P].</param>
    /// <param name="length">Tokens of a sequence, L; it divides P.</param>
    /// <param name="mask">As in <see cref="Forward"/>.</param>
    /// <returns>The places in that order, [N, P, W].</returns>
    Tensor ForwardGathered(Tensor places, Tensor order, long length, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var sequences = places.index_select(1, order).view(places.shape[0] * places.shape[1] / length, length, places.shape[2]);
        return Forward(sequences, mask).view(places.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Runs the blocks for one token of each sequence.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="positions">Which token, int64 [N].</param>
    /// <param name="mask">
    /// Added to the attention logits, [G, 1 or heads, L, L] with G that divides N: sequence i adds plane i modulo G; or null.
    /// </param>
    /// <returns>[N, W].</returns>
    Tensor ForwardAt(Tensor x, Tensor positions, Tensor? mask);

    /// <summary>Runs the blocks, in the last of which each token attends to itself alone: it keeps what is known of its own place.</summary>
    /// <remarks>Source: Zhou et al. 2022, "Extract Free Dense Labels from CLIP", section 3.2, for one block.</remarks>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="mask">Added to the attention logits of the other blocks, as in <see cref="Forward"/>; or null.</param>
    /// <param name="blocks">In how many blocks, from 0 to all.</param>
    /// <returns>[N, L, W].</returns>
    Tensor ForwardAlone(Tensor x, Tensor? mask, int blocks);
}
