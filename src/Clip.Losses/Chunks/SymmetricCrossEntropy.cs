using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>The mean of two cross-entropies, of rows over columns and of columns over rows; row i matches column i.</summary>
internal static class SymmetricCrossEntropy
{
    /// <summary>Computes value and gradients with matrices of [chunk, N].</summary>
    public static PairGradients Compute(PairInputs inputs, int chunk)
    {
        var count = inputs.Images.shape[0];
        var rowSums = empty_like(inputs.Images.select(1, 0));                                    // [N], logarithms of sums
        var columnSums = empty_like(rowSums).FillWith(double.NegativeInfinity);
        var matching = empty_like(rowSums);

        Chunk.ForEach(inputs, chunk, (start, logits) =>
        {
            var rows = logits.shape[0];
            rowSums.narrow(0, start, rows).copy_(logits.logsumexp(1));
            columnSums.copy_(logaddexp(columnSums, logits.logsumexp(0)));
            matching.narrow(0, start, rows).copy_(logits.diagonal(start, 0, 1));
        });

        var value = (rowSums - matching).mean().Plus((columnSums - matching).mean()).DividedBy(2);
        var sums = new GradientSums(inputs);
        if (!inputs.WantGradients)
            return sums.Complete(value);

        // A column's sum is known only when all rows were seen, so its share of the gradient needs a second round.
        Chunk.ForEach(inputs, chunk, (start, logits) =>
        {
            var ofRows = (logits - rowSums.narrow(0, start, logits.shape[0]).unsqueeze(1)).exp_();
            var gradients = logits.sub_(columnSums).exp_().AddInPlace(ofRows);
            gradients.diagonal(start, 0, 1).SubtractInPlace(2);
            sums.Add(start, gradients.DivideInPlace(2 * count));
        });

        return sums.Complete(value);
    }
}
