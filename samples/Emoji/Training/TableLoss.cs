namespace Emoji.Training;

/// <summary>How far embeddings are from telling their emoji among all: cross-entropy over the similarities to one unit vector per emoji.</summary>
/// <remarks>Source: Zhai and Wu 2019, "Classification is a Strong Baseline for Deep Metric Learning", section 3.1; label smoothing: Szegedy et al. 2016, section 7.</remarks>
internal static class TableLoss
{
    private const double LabelSmoothing = 0.1;

    /// <summary>Computes the mean.</summary>
    /// <param name="embeddings">Unit vectors [N, E].</param>
    /// <param name="table">A unit vector for each emoji [M, E].</param>
    /// <param name="emoji">The emoji of each embedding, int64 [N].</param>
    public static Tensor Compute(Tensor embeddings, Tensor table, Tensor emoji) =>
        nn.functional.cross_entropy(embeddings.matmul(table.t()).Times(Recipe.LogitScale), emoji, label_smoothing: LabelSmoothing);
}
