using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>The mean cross-entropy of rows over columns.</summary>
internal static class RowCrossEntropy
{
    /// <summary>Computes value and gradients with matrices of [chunk, M].</summary>
    public static PairGradients Compute(PairInputs inputs, ITargets targets, int chunk)
    {
        var count = inputs.Images.shape[0];
        var costs = empty_like(inputs.Images.select(1, 0));                                      // [n]
        var sums = new GradientSums(inputs);
        Chunk.ForEach(inputs, chunk, (start, logits) =>
        {
            var normalizer = logits.logsumexp(1);                                              // [chunk]
            costs.narrow(0, start, logits.shape[0]).copy_(normalizer - targets.Expected(start, logits));
            var gradients = logits.sub_(normalizer.unsqueeze(1)).exp_();
            targets.SubtractFrom(start, gradients);
            sums.Add(start, gradients.DivideInPlace(count));
        });
        return sums.Complete(costs.mean());
    }
}
