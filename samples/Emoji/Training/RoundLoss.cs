using Clip.Losses;

namespace Emoji.Training;

/// <summary>CLIP's loss in which the batches of a round before the one at hand count as further wrong answers.</summary>
/// <remarks>
/// A round has every emoji once, so all that came before is wrong; the tower has moved a little since, which costs less than a batch as large.
/// A resumed run begins with nothing remembered. Source: Wang et al. 2020, "Cross-Batch Memory for Embedding Learning", section 3.
/// </remarks>
/// <param name="batchesPerRound">After so many batches all is forgotten.</param>
internal sealed class RoundLoss(int batchesPerRound) : ContrastiveLoss(nameof(RoundLoss), normalize: true)
{
    private readonly List<Tensor> _images = [];
    private readonly List<Tensor> _texts = [];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        if (_images.Count == batchesPerRound)
            Forget();
        var matches = arange(images.shape[0], ScalarType.Int64);
        var byImage = logitScale * images.matmul(cat([texts, .. _texts]).t());                            // [N, N + remembered]
        var byText = logitScale * texts.matmul(cat([images, .. _images]).t());
        Remember(_images, images);
        Remember(_texts, texts);
        return (nn.functional.cross_entropy(byImage, matches) + nn.functional.cross_entropy(byText, matches)) / 2;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Forget();
        base.Dispose(disposing);
    }

    private static void Remember(List<Tensor> batches, Tensor batch) => batches.Add(batch.detach().clone().DetachFromDisposeScope());

    private void Forget()
    {
        foreach (var batch in _images.Concat(_texts))
            batch.Dispose();
        _images.Clear();
        _texts.Clear();
    }
}
