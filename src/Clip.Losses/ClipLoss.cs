using Clip.Losses.Chunks;
using Clip.Losses.Distributed;
using Clip.Shared;

namespace Clip.Losses;

/// <summary>CLIP's loss: cross-entropy over scaled cosine similarities, of each image over all texts and of each text over all images.</summary>
/// <remarks>
/// <para>The mean over images and the mean over texts are averaged.</para>
/// <para>
/// The plain form holds several [N, N] matrices. The chunked form holds [chunk, N] instead, computes the same value and the
/// same gradients, and costs one matrix product more. Its gradients are computed together with its value, so they cannot be
/// differentiated again.
/// </para>
/// <para>Source: Radford et al. 2021, section 2.3 and figure 3.</para>
/// </remarks>
public sealed class ClipLoss : ContrastiveLoss
{
    private readonly int? _chunkSize;
    private readonly FeatureGathering? _gathering;

    /// <summary>Prepares the loss.</summary>
    /// <param name="chunkSize">Images compared at a time, for memory of [chunk, N]; null for the plain form.</param>
    /// <param name="normalize">Whether embeddings are brought to unit length first; false when they have it already.</param>
    /// <param name="gathering">How embeddings of other ranks take part; null for one rank.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkSize"/> is not positive.</exception>
    public ClipLoss(int? chunkSize = null, bool normalize = true, FeatureGathering? gathering = null)
        : base(nameof(ClipLoss), normalize)
    {
        _chunkSize = LossArguments.RequireChunk(chunkSize);
        _gathering = gathering;
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        if (_gathering is null && _chunkSize is null)
            return Plain(images, texts, logitScale, logitBias);

        var pairs = new PairInputs(images, texts, logitScale, logitBias);
        return _gathering switch
        {
            null => Surrogate.Of(pairs, inputs => SymmetricCrossEntropy.Compute(inputs, _chunkSize!.Value)),
            { LocalLoss: true } => Surrogate.Of(pairs, inputs => Local(inputs, _gathering)),
            _ => Surrogate.Of(pairs, inputs => Global(inputs, _gathering)),
        };
    }

    private static Tensor Plain(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        var logits = Logits.Of(images, texts, logitScale, logitBias);                            // [N, N]
        var matches = TensorArithmetic.Range(images.shape[0], ScalarType.Int64, images.device);
        return nn.functional.cross_entropy(logits, matches).Plus(nn.functional.cross_entropy(logits.t(), matches)).DividedBy(2);
    }

    // Every rank computes the loss of all pairs.
    private PairGradients Global(PairInputs own, FeatureGathering gathering)
    {
        var all = own with { Images = gathering.Gather(own.Images), Texts = gathering.Gather(own.Texts) };
        var whole = SymmetricCrossEntropy.Compute(all, _chunkSize ?? (int)all.Images.shape[0]);
        return whole with { Images = gathering.OwnGradient(whole.Images), Texts = gathering.OwnGradient(whole.Texts) };
    }

    // Every rank computes the loss of its own images over all texts, and of its own texts over all images.
    private PairGradients Local(PairInputs own, FeatureGathering gathering)
    {
        var chunk = _chunkSize ?? (int)own.Images.shape[0];
        var first = gathering.FirstRow(own.Images);
        var images = RowCrossEntropy.Compute(own with { Texts = gathering.Gather(own.Texts) }, new MatchingTargets(first), chunk);
        var texts = RowCrossEntropy.Compute(own with { Images = own.Texts, Texts = gathering.Gather(own.Images) }, new MatchingTargets(first), chunk);
        return new PairGradients(
            images.Value.Plus(texts.Value).DividedBy(2),
            Side(images.Images, texts.Texts),
            Side(texts.Images, images.Texts),
            images.Scale.Plus(texts.Scale).DividedBy(2),
            images.Bias.Plus(texts.Bias).DividedBy(2));

        Tensor Side(Tensor asRows, Tensor asColumns) =>
            (gathering.GatherWithGradient ? asRows.Plus(gathering.OwnGradient(asColumns)) : asRows).DividedBy(2);
    }
}
