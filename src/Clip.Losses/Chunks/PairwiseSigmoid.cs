using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>The negative log-likelihood of a yes or no for every row with every column, divided by the number of rows.</summary>
internal static class PairwiseSigmoid
{
    /// <summary>Computes value and gradients with matrices of [chunk, M].</summary>
    /// <param name="inputs">What is compared.</param>
    /// <param name="firstMatch">The column that the first row matches; row i matches column firstMatch + i.</param>
    /// <param name="chunk">Rows at a time.</param>
    public static PairGradients Compute(PairInputs inputs, long firstMatch, int chunk)
    {
        var count = inputs.Images.shape[0];
        var value = zeros_like(inputs.Images.select(1, 0).select(0, 0));
        var sums = new GradientSums(inputs);
        Chunk.ForEach(inputs, chunk, (start, logits) =>
        {
            // The logit of the right answer: the match's own, the others' negative.
            var right = logits.neg_();
            var matches = right.diagonal(firstMatch + start, 0, 1);
            matches.neg_();
            value.sub_(nn.functional.logsigmoid(right).sum());

            var gradients = right.neg_().sigmoid_();                                             // probability of the wrong answer
            matches.neg_();
            sums.Add(start, gradients.DivideInPlace(count));
        });
        return sums.Complete(value.DividedBy(count));
    }
}
