namespace Clip.Losses.Distributed;

/// <summary>The exchange of embeddings among workers that train one model together, each on its own pairs.</summary>
/// <remarks>
/// All workers have equally many pairs and call the methods in the same order; a call returns when all have made it. What lies
/// underneath (processes, devices, a network) is the implementation's matter. Tensors that come in are borrowed, and one that
/// goes out belongs to the caller.
/// </remarks>
public interface IFeatureGatherer
{
    /// <summary>Which worker this is, from zero.</summary>
    int Rank { get; }

    /// <summary>How many workers there are.</summary>
    int Workers { get; }

    /// <summary>Collects the rows of all workers.</summary>
    /// <param name="rows">This worker's rows [N, E].</param>
    /// <returns>All rows [workers x N, E], in the order of ranks.</returns>
    Tensor Gather(Tensor rows);

    /// <summary>Adds up, over all workers, what each computed for all rows, and keeps this worker's part: the transpose of <see cref="Gather"/>.</summary>
    /// <param name="gradients">This worker's gradients of all rows [workers x N, E].</param>
    /// <returns>The sum over workers of the gradients of this worker's rows [N, E].</returns>
    Tensor ReduceScatter(Tensor gradients);
}
