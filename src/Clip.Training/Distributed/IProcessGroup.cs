using Clip.Losses.Distributed;

namespace Clip.Training.Distributed;

/// <summary>Ranks that train one model together, each on its own pairs, and how they exchange tensors.</summary>
/// <remarks>
/// <para>
/// Every rank calls the same methods in the same order with tensors of the same shapes; a call ends when all ranks have made it. Tensors are
/// float32, float64 or int64, contiguous, on the device that the implementation serves.
/// </para>
/// <para>Calls come from one thread at a time; what <see cref="AllReduceAsync"/> has begun may run beside them, in the order in which calls were made.</para>
/// </remarks>
public interface IProcessGroup : IFeatureGatherer, IDisposable
{
    /// <summary>Adds a tensor up over all ranks, in place.</summary>
    /// <param name="tensor">This rank's values, replaced by the sum; it stays as it is until the task is done.</param>
    /// <returns>A task that ends when the sum is there.</returns>
    Task AllReduceAsync(Tensor tensor);

    /// <summary>Gives all ranks the values of one, in place.</summary>
    /// <param name="tensor">The values of the root; on the other ranks replaced by them.</param>
    /// <param name="root">Which rank has them.</param>
    void Broadcast(Tensor tensor, int root = 0);

    /// <summary>Collects numbers of all ranks.</summary>
    /// <param name="values">This rank's numbers, as many on every rank.</param>
    /// <returns>All numbers, in the order of ranks.</returns>
    long[] AllGather(ReadOnlySpan<long> values);

    /// <summary>Waits until all ranks have come here.</summary>
    void Barrier();

    /// <summary>Ends the training of all ranks, which may be waiting for this one: for a rank that cannot go on.</summary>
    /// <param name="reason">Why; told to the others as far as the implementation can.</param>
    void Abort(string reason);
}
