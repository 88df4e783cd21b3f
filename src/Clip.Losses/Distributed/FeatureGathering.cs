namespace Clip.Losses.Distributed;

/// <summary>How the embeddings of other ranks take part in a loss.</summary>
/// <remarks>
/// <para>
/// Without either choice below, every rank computes the loss of all pairs and gradients reach its own rows only. The names
/// and meanings are open_clip's; gradients of the weights are then averaged over the ranks, as data-parallel training does.
/// </para>
/// <para>
/// With <see cref="GatherWithGradient"/>, that average is the gradient of one rank with the whole batch, for global and local losses
/// alike. Without it, the average of global losses is that gradient divided by the number of ranks for the towers, and local losses lack the part through other
/// ranks' comparisons.
/// </para>
/// </remarks>
/// <param name="gatherer">Exchanges rows with the other ranks.</param>
public sealed class FeatureGathering(IFeatureGatherer gatherer)
{
    // From so many ranks on, what the loss of all pairs costs every rank is as much as its towers (half of them at 128 ranks of 256 pairs of ViT-B/32).
    private const int LocalLossFrom = 8;

    private readonly IFeatureGatherer _gatherer = gatherer ?? throw new ArgumentNullException(nameof(gatherer));

    /// <summary>Whether a rank compares only its own images with all texts and its own texts with all images, for matrices of [N, ranks x N].</summary>
    public bool LocalLoss { get; init; }

    /// <summary>Whether gradients travel back to the ranks whose rows were gathered.</summary>
    public bool GatherWithGradient { get; init; }

    /// <summary>The way that gives the gradient of one rank with the whole batch.</summary>
    /// <param name="gatherer">Exchanges rows with the other ranks.</param>
    /// <param name="localLoss">Whether each rank compares only its own rows with all; null for yes from 8 ranks on.</param>
    public static FeatureGathering OfWholeBatch(IFeatureGatherer gatherer, bool? localLoss = null) => new(gatherer)
    {
        GatherWithGradient = true,
        LocalLoss = localLoss ?? gatherer.WorldSize >= LocalLossFrom,
    };

    internal Tensor Gather(Tensor rows)
    {
        var all = _gatherer.Gather(rows);
        if (all.dim() != 2 || all.shape[0] != _gatherer.WorldSize * rows.shape[0] || all.shape[1] != rows.shape[1])
        {
            throw new InvalidOperationException(
                $"The gatherer returned [{string.Join(", ", all.shape)}] for {_gatherer.WorldSize} ranks with [{string.Join(", ", rows.shape)}] each.");
        }
        return all;
    }

    /// <summary>The place of this rank's first row among all rows.</summary>
    internal long FirstRow(Tensor ownRows) => _gatherer.Rank * ownRows.shape[0];

    /// <summary>The gradient of this rank's rows, from the gradients of all rows.</summary>
    internal Tensor OwnGradient(Tensor allRows)
    {
        if (GatherWithGradient)
            return _gatherer.ReduceScatter(allRows);
        var rows = allRows.shape[0] / _gatherer.WorldSize;
        return allRows.narrow(0, _gatherer.Rank * rows, rows);
    }
}
