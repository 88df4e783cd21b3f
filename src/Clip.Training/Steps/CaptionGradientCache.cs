using Clip.Losses;
using Clip.Models;
using Clip.Shared;
using Clip.Training.Data;
using Clip.Training.Distributed;

namespace Clip.Training.Steps;

/// <summary>The gradient of both losses of a model that writes captions, over a whole batch, in the memory of a micro-batch.</summary>
/// <remarks>
/// <para>
/// The contrastive loss compares all pairs, so its gradient goes through the embeddings of the whole batch, as in <see cref="GradientCache"/>.
/// The caption loss is a mean over the batch's tokens: each micro-batch adds its share in the second pass, which embeds and predicts at once. With
/// several ranks it is the mean over the tokens of all; a rank's value is such that the mean of the ranks' values is the whole.
/// </para>
/// <para>Source: Yu et al. 2022, "CoCa: Contrastive Captioners are Image-Text Foundation Models", section 3.2, equation 4.</para>
/// </remarks>
/// <param name="network">A model that writes captions.</param>
/// <param name="contrastive">The loss over embeddings.</param>
/// <param name="contrastiveWeight">Its weight; not negative.</param>
/// <param name="captionWeight">The weight of the loss over captions. Positive.</param>
/// <param name="group">The ranks that train together; null for one.</param>
internal sealed class CaptionGradientCache(
    DualEncoder network, ContrastiveLoss contrastive, double contrastiveWeight, double captionWeight, IProcessGroup? group = null) : IDisposable
{
    private readonly CaptionLoss _captions = new(network.CaptionPaddingId);

    /// <summary>Computes the weighted sum of the losses, and adds its gradients, multiplied by a factor, to those of the model's weights.</summary>
    /// <param name="images">Normalized pixels.</param>
    /// <param name="tokens">Token ids.</param>
    /// <param name="microBatch">Pairs with a graph at a time.</param>
    /// <param name="seed">Seed of what is random inside the towers.</param>
    /// <param name="steps">The factor, and what happens around the passes.</param>
    /// <returns>The sum, a scalar without a graph.</returns>
    public Tensor Backward(BatchRows images, BatchRows tokens, int microBatch, long seed, BackwardSteps steps)
    {
        using var scope = NewDisposeScope();
        return (images.Count <= microBatch
            ? BackwardWhole(images, tokens, group is null ? seed : StepSeed.Of(seed, steps.FirstMicroBatch), steps)
            : BackwardInParts(images, tokens, microBatch, seed, steps)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _captions.Dispose();

    private Tensor BackwardWhole(BatchRows images, BatchRows tokens, long seed, BackwardSteps steps)
    {
        StepSeed.Use(seed);
        var ids = tokens.Get(0, tokens.Count);
        var predicted = CountPredicted(ids);
        var perRank = TokensPerRank(predicted);
        var outputs = network.EncodeWithCaptions(images.Get(0, images.Count), ids);
        // A rank whose texts are padding alone has no captions to learn from, where others have.
        var value = predicted == 0 && perRank > 0 ? outputs.Logits.sum().Times(0) : CaptionsOf(outputs, ids).Times(captionWeight * (predicted / perRank));
        if (contrastiveWeight > 0)
            value = value.Plus(Compare(outputs.Images, outputs.Texts).Times(contrastiveWeight));
        value.Times(steps.GradientScale).backward();
        steps.AfterBackward?.Invoke();
        return value.detach();
    }

    private Tensor BackwardInParts(BatchRows images, BatchRows tokens, int microBatch, long seed, BackwardSteps steps)
    {
        var (value, gradients) = contrastiveWeight > 0
            ? BackwardToEmbeddings(images, tokens, microBatch, seed, steps)
            : (zeros([], ScalarType.Float32, network.GetLogitScale().device), null);
        var all = TokensPerRank(CountPredicted(tokens.Get(0, tokens.Count)));
        foreach (var (start, count) in images.Parts(microBatch))
        {
            using var work = NewDisposeScope();
            StepSeed.Use(StepSeed.Of(seed, steps.FirstMicroBatch + (start / microBatch)));
            var ids = tokens.Get(start, count);
            var outputs = network.EncodeWithCaptions(images.Get(start, count), ids);
            List<(Tensor Output, Tensor Gradient)> ends = [];
            if (CountPredicted(ids) is > 0 and var predicted)
            {
                var captions = CaptionsOf(outputs, ids);
                var share = captionWeight * predicted / all;
                value.AddInPlace(captions.detach().to(value.dtype), factor: share);
                ends.Add((captions, empty_like(captions).FillWith(steps.GradientScale * share)));
            }
            if (gradients is (var ofImages, var ofTexts))
            {
                ends.Add((outputs.Images, ofImages.narrow(0, start, count)));
                ends.Add((outputs.Texts, ofTexts.narrow(0, start, count)));
            }
            // A tower that is locked gives embeddings that nothing can be sent back through.
            ends.RemoveAll(end => !end.Output.requires_grad);
            autograd.backward([.. ends.Select(end => end.Output)], [.. ends.Select(end => end.Gradient)]);
            steps.AfterBackward?.Invoke();
        }
        return value;
    }

    // The contrastive loss of all pairs, and its gradients at their embeddings.
    private (Tensor Value, (Tensor Images, Tensor Texts)? Gradients) BackwardToEmbeddings(
        BatchRows images, BatchRows tokens, int microBatch, long seed, BackwardSteps steps)
    {
        var (imageEmbeddings, textEmbeddings) = Embed(images, tokens, microBatch, seed, steps.FirstMicroBatch);
        var value = Compare(imageEmbeddings, textEmbeddings).Times(contrastiveWeight);
        value.Times(steps.GradientScale).backward();
        steps.AfterBackward?.Invoke();
        return (value.detach(), (imageEmbeddings.grad!, textEmbeddings.grad!));
    }

    private (Tensor Images, Tensor Texts) Embed(BatchRows images, BatchRows tokens, int microBatch, long seed, int firstMicroBatch)
    {
        using var noGradients = no_grad();
        // The second pass updates the statistics; this one must not.
        using var statistics = network.training ? new NormStatistics(network) : null;
        List<Tensor> imageParts = [], textParts = [];
        foreach (var (start, count) in images.Parts(microBatch))
        {
            using var work = NewDisposeScope();
            StepSeed.Use(StepSeed.Of(seed, firstMicroBatch + (start / microBatch)));
            imageParts.Add(network.Image.call(images.Get(start, count)).MoveToOuterDisposeScope());
            textParts.Add(network.Text.call(tokens.Get(start, count)).MoveToOuterDisposeScope());
        }
        statistics?.Restore();
        return (cat(imageParts).requires_grad_(true), cat(textParts).requires_grad_(true));
    }

    private Tensor Compare(Tensor images, Tensor texts) => contrastive.call(images, texts, network.GetLogitScale(), network.GetLogitBias());

    private Tensor CaptionsOf(CaptionOutputs outputs, Tensor ids) => _captions.OfNextTokens(outputs.Logits, ids.to(outputs.Logits.device));

    // So that the mean over ranks is divided by the tokens of all.
    private double TokensPerRank(long own) => group is null ? own : group.AllGather([own]).Sum() / (double)group.WorldSize;

    private long CountPredicted(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return ids.narrow(1, 1, ids.shape[1] - 1).IsNot(network.CaptionPaddingId).sum().item<long>();
    }
}
