using Clip.Losses.Chunks;
using Clip.Losses.Distributed;
using Clip.Shared;

namespace Clip.Losses;

/// <summary>SigLIP's loss: every image with every text is one question, does it match, answered by a sigmoid.</summary>
/// <remarks>
/// <para>The log-likelihoods of all N x N answers are summed and divided by N. Models trained with it have a logit bias.</para>
/// <para>
/// The chunked form holds [chunk, N] matrices instead of [N, N], and computes the same value and the same gradients. Its
/// gradients are computed together with its value, so they cannot be differentiated again.
/// </para>
/// <para>Source: Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training", section 3.2; chunks are section 3.3.</para>
/// </remarks>
public sealed class SigLipLoss : ContrastiveLoss
{
    private readonly int? _chunkSize;
    private readonly IFeatureGatherer? _gatherer;

    /// <summary>Prepares the loss.</summary>
    /// <param name="chunkSize">Images compared at a time, for memory of [chunk, N]; null for the plain form.</param>
    /// <param name="normalize">Whether embeddings are brought to unit length first; false when they have it already.</param>
    /// <param name="gatherer">
    /// Brings the texts of other ranks, and gradients back to them; each rank then computes the loss of its own images
    /// with all texts. Null for one rank.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkSize"/> is not positive.</exception>
    public SigLipLoss(int? chunkSize = null, bool normalize = true, IFeatureGatherer? gatherer = null)
        : base(nameof(SigLipLoss), normalize)
    {
        _chunkSize = LossArguments.RequireChunk(chunkSize);
        _gatherer = gatherer;
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        if (_gatherer is null && _chunkSize is null)
            return Plain(images, texts, logitScale, logitBias);

        var pairs = new PairInputs(images, texts, logitScale, logitBias);
        var chunk = _chunkSize ?? (int)images.shape[0];
        if (_gatherer is null)
            return Surrogate.Of(pairs, inputs => PairwiseSigmoid.Compute(inputs, firstMatch: 0, chunk));

        var gathering = new FeatureGathering(_gatherer) { GatherWithGradient = true };
        return Surrogate.Of(pairs, own =>
        {
            var gradients = PairwiseSigmoid.Compute(own with { Texts = gathering.Gather(own.Texts) }, gathering.FirstRow(own.Images), chunk);
            return gradients with { Texts = gathering.OwnGradient(gradients.Texts) };
        });
    }

    private static Tensor Plain(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        var logits = Logits.Of(images, texts, logitScale, logitBias);                            // [N, N]
        var answers = eye(images.shape[0], dtype: images.dtype, device: images.device).Times(2).Minus(1);  // 1 where they match, else -1
        return (-nn.functional.logsigmoid(answers * logits).sum()).DividedBy(images.shape[0]);
    }
}
