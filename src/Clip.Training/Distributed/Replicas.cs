using System.IO.Hashing;
using System.Runtime.InteropServices;
using Clip.Models;

namespace Clip.Training.Distributed;

/// <summary>The copies of one model that the ranks hold: made equal, and found unequal.</summary>
internal static class Replicas
{
    /// <summary>Gives every rank the weights and statistics of the first.</summary>
    public static void MakeEqual(DualEncoder network, IProcessGroup group)
    {
        RequireSameShapes(network, group);
        using var noGradients = no_grad();
        foreach (var (_, tensor) in network.state_dict())
            group.Broadcast(tensor);
    }

    /// <summary>Gives every rank the batch norms' statistics of the first: each has those of its own pairs.</summary>
    public static void ShareStatistics(DualEncoder network, IProcessGroup group)
    {
        using var noGradients = no_grad();
        foreach (var (_, buffer) in network.named_buffers())
            group.Broadcast(buffer);
    }

    /// <summary>Compares the weights of all ranks.</summary>
    /// <exception cref="ProcessGroupException">A rank has others.</exception>
    public static void RequireEqual(DualEncoder network, IProcessGroup group, long step)
    {
        var hash = new XxHash64();
        foreach (var (_, parameter) in network.named_parameters())
        {
            using var scope = NewDisposeScope();
            hash.Append(parameter.detach().cpu().contiguous().bytes);
        }
        var all = group.AllGather([(long)hash.GetCurrentHashAsUInt64()]);
        if (Array.FindIndex(all, other => other != all[0]) is var rank and > 0)
        {
            throw new ProcessGroupException(
                $"After step {step} rank {rank} has other weights than rank 0. The ranks computed different things: are all of one version, on one kind of processor?");
        }
    }

    private static void RequireSameShapes(DualEncoder network, IProcessGroup group)
    {
        var hash = new XxHash64();
        foreach (var (name, tensor) in network.state_dict())
        {
            hash.Append(MemoryMarshal.AsBytes(name.AsSpan()));
            hash.Append(MemoryMarshal.AsBytes<long>(tensor.shape));
        }
        var all = group.AllGather([(long)hash.GetCurrentHashAsUInt64()]);
        if (Array.FindIndex(all, other => other != all[0]) is var rank and > 0)
            throw new ProcessGroupException($"Rank {rank} trains another model than rank 0: their weights differ in names or shapes.");
    }
}
