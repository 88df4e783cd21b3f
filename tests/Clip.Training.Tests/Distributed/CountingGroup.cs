using Clip.Training.Distributed;

namespace Clip.Training.Tests.Distributed;

/// <summary>Ranks that count the bytes of what they hand over, by the kind of exchange.</summary>
internal sealed class CountingGroup(IProcessGroup group) : IProcessGroup
{
    /// <summary>Bytes of a rank's own tensors: summed, given away to be gathered, received of what was summed and scattered.</summary>
    public (long Summed, long Gathered, long Scattered, long Numbers) Bytes { get; private set; }

    public int Rank => group.Rank;

    public int WorldSize => group.WorldSize;

    public Tensor Gather(Tensor rows)
    {
        Bytes = Bytes with { Gathered = Bytes.Gathered + Of(rows) };
        return group.Gather(rows);
    }

    public Tensor ReduceScatter(Tensor gradients)
    {
        Bytes = Bytes with { Scattered = Bytes.Scattered + Of(gradients) / WorldSize };
        return group.ReduceScatter(gradients);
    }

    public Task AllReduceAsync(Tensor tensor)
    {
        Bytes = tensor.dim() == 0 ? Bytes with { Numbers = Bytes.Numbers + Of(tensor) } : Bytes with { Summed = Bytes.Summed + Of(tensor) };
        return group.AllReduceAsync(tensor);
    }

    public void Broadcast(Tensor tensor, int root = 0) => group.Broadcast(tensor, root);

    public long[] AllGather(ReadOnlySpan<long> values)
    {
        Bytes = Bytes with { Numbers = Bytes.Numbers + values.Length * sizeof(long) };
        return group.AllGather(values);
    }

    public void Barrier() => group.Barrier();

    public void Abort(string reason) => group.Abort(reason);

    public void Dispose() => group.Dispose();

    private static long Of(Tensor tensor) => tensor.numel() * tensor.element_size();
}
