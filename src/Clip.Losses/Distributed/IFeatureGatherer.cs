namespace Clip.Losses.Distributed;

/// <summary>The exchange of embeddings among ranks that train one model together, each on its own pairs.</summary>
/// <remarks>
/// All ranks have the same number of pairs and call the methods in the same order; a call returns when all have made it. What lies
/// underneath (processes, devices, a network) is the implementation's matter. Tensors that come in are borrowed, and one that
/// goes out belongs to the caller.
/// </remarks>
public interface IFeatureGatherer
{
    /// <summary>Which rank this is, from zero.</summary>
    int Rank { get; }

    /// <summary>The number of ranks.</summary>
    int WorldSize { get; }

    /// <summary>Collects the rows of all ranks.</summary>
    /// <param name="rows">This rank's rows [N, E].</param>
    /// <returns>All rows [ranks x N, E], in the order of ranks.</returns>
    Tensor Gather(Tensor rows);

    /// <summary>Adds up, over all ranks, what each computed for all rows, and keeps this rank's part: the transpose of <see cref="Gather"/>.</summary>
    /// <param name="gradients">This rank's gradients of all rows [ranks x N, E].</param>
    /// <returns>The sum over ranks of the gradients of this rank's rows [N, E].</returns>
    Tensor ReduceScatter(Tensor gradients);
}
