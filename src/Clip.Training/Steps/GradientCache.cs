using Clip.Losses;
using Clip.Models;
using Clip.Shared;
using Clip.Training.Data;

namespace Clip.Training.Steps;

/// <summary>The gradient of a contrastive loss over a whole batch, in the memory of a micro-batch.</summary>
/// <remarks>
/// <para>
/// Every pair is compared with every other, so micro-batches cannot simply be added up. Here the batch is embedded in
/// micro-batches without a graph; the loss of all embeddings gives each embedding its gradient; and a second pass embeds each
/// micro-batch again, with a graph, and sends those gradients back through it. The result is the gradient of the whole batch,
/// for one forward pass more. Only embeddings are held for the whole batch.
/// </para>
/// <para>
/// Batch norm in training mode is the exception: its means are those of a micro-batch, as they would be in any split batch.
/// In evaluation mode, and with layer norm, the gradient is that of the whole batch. Running statistics are updated once.
/// </para>
/// <para>Source: Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", section 3.</para>
/// </remarks>
public static class GradientCache
{
    /// <summary>Computes a loss, and adds its gradients to those of the model's weights.</summary>
    /// <param name="network">The model, in training or evaluation mode.</param>
    /// <param name="loss">The loss over embeddings.</param>
    /// <param name="images">Normalized pixels [N, 3, H, W].</param>
    /// <param name="tokens">Token ids [N, L]; row i belongs to image i.</param>
    /// <param name="microBatch">Pairs with a graph at a time; N or more for one pass over the whole batch.</param>
    /// <param name="seed">
    /// Seed of what is random inside the towers (patch dropout). Each micro-batch draws the same numbers in both passes, from
    /// torch's default generators, which are seeded anew.
    /// </param>
    /// <returns>The loss, a scalar without a graph.</returns>
    /// <exception cref="ArgumentException">The number of images differs from that of tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="microBatch"/> is not positive.</exception>
    public static Tensor Backward(DualEncoder network, ContrastiveLoss loss, Tensor images, Tensor tokens, int microBatch, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        return Backward(network, loss, BatchRows.Of(images), BatchRows.Of(tokens), microBatch, seed, new BackwardSteps());
    }

    /// <summary>Computes a loss, and adds its gradients, multiplied by a factor, to those of the model's weights.</summary>
    /// <param name="network">The model.</param>
    /// <param name="loss">The loss over embeddings.</param>
    /// <param name="images">Normalized pixels, of which a micro-batch is held at a time.</param>
    /// <param name="tokens">Token ids.</param>
    /// <param name="microBatch">Pairs with a graph at a time.</param>
    /// <param name="seed">Seed of what is random inside the towers.</param>
    /// <param name="steps">What happens around the passes.</param>
    internal static Tensor Backward(
        DualEncoder network, ContrastiveLoss loss, BatchRows images, BatchRows tokens, int microBatch, long seed, BackwardSteps steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatch);
        if (images.Count != tokens.Count)
            throw new ArgumentException($"There are {images.Count} images but {tokens.Count} texts.", nameof(tokens));

        using var scope = NewDisposeScope();
        var image = new CachedTower(network.Image, images, microBatch, StepSeed.Of(seed, 1), steps.FirstMicroBatch);
        var text = new CachedTower(network.Text, tokens, microBatch, StepSeed.Of(seed, 2), steps.FirstMicroBatch);

        var imageEmbeddings = image.Embed();
        var textEmbeddings = text.Embed();
        var value = loss.call(imageEmbeddings, textEmbeddings, network.GetLogitScale(), network.GetLogitBias());
        if (value.requires_grad)
        {
            (steps.GradientScale == 1 ? value : value.Times(steps.GradientScale)).backward();
            steps.AfterBackward?.Invoke();
        }
        image.SendBack(imageEmbeddings, steps.AfterBackward);
        steps.AfterImageTower?.Invoke();
        text.SendBack(textEmbeddings, steps.AfterBackward);
        return value.detach().MoveToOuterDisposeScope();
    }
}
