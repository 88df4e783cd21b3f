namespace Clip.Losses.Distributed;

/// <summary>How the embeddings of other workers take part in a loss.</summary>
/// <remarks>
/// <para>
/// Without either choice below, every worker computes the loss of all pairs and gradients reach its own rows only. The names
/// and meanings are open_clip's; gradients of the weights are then averaged over the workers, as data-parallel training does.
/// </para>
/// <para>
/// With <see cref="GatherWithGradient"/>, that average times the number of workers is the gradient of one worker with the
/// whole batch, for global and local losses alike. Without it, the local loss lacks the part of the gradient through other workers' comparisons.
/// </para>
/// </remarks>
/// <param name="gatherer">Exchanges rows with the other workers.</param>
public sealed class WorkerExchange(IFeatureGatherer gatherer)
{
    private readonly IFeatureGatherer _gatherer = gatherer ?? throw new ArgumentNullException(nameof(gatherer));

    /// <summary>Whether a worker compares only its own images with all texts and its own texts with all images, for matrices of [N, workers x N].</summary>
    public bool LocalLoss { get; init; }

    /// <summary>Whether gradients travel back to the workers whose rows were gathered.</summary>
    public bool GatherWithGradient { get; init; }

    internal Tensor Gather(Tensor rows)
    {
        var all = _gatherer.Gather(rows);
        if (all.dim() != 2 || all.shape[0] != _gatherer.Workers * rows.shape[0] || all.shape[1] != rows.shape[1])
        {
            throw new InvalidOperationException(
                $"The gatherer returned [{string.Join(", ", all.shape)}] for {_gatherer.Workers} workers with [{string.Join(", ", rows.shape)}] each.");
        }
        return all;
    }

    /// <summary>The place of this worker's first row among all rows.</summary>
    internal long FirstRow(Tensor ownRows) => _gatherer.Rank * ownRows.shape[0];

    /// <summary>The gradient of this worker's rows, from the gradients of all rows.</summary>
    internal Tensor OwnGradient(Tensor allRows)
    {
        if (GatherWithGradient)
            return _gatherer.ReduceScatter(allRows);
        var rows = allRows.shape[0] / _gatherer.Workers;
        return allRows.narrow(0, _gatherer.Rank * rows, rows);
    }
}
