using System.IO.Hashing;
using System.Runtime.InteropServices;
using Clip.Models;
using Clip.Shared;

namespace Clip.Training.Distributed;

/// <summary>The copies of one model that the ranks hold: made equal, and found unequal.</summary>
internal static class Replicas
{
    /// <summary>Gives every rank the weights and statistics of the first.</summary>
    public static void MakeEqual(DualEncoder network, IProcessGroup group)
    {
        RequireSameShapes(network, group);
        Share(network.state_dict().Values, group);
    }

    /// <summary>Gives every rank the batch norms' statistics of the first: each has those of its own pairs.</summary>
    public static void ShareStatistics(DualEncoder network, IProcessGroup group) => Share(network.named_buffers().Select(entry => entry.buffer), group);

    /// <summary>Gives every rank the values of the first.</summary>
    public static void Share(IEnumerable<Tensor> tensors, IProcessGroup group)
    {
        using var noGradients = no_grad();
        foreach (var tensor in tensors)
            group.Broadcast(tensor);
    }

    /// <summary>Compares the weights of all ranks.</summary>
    /// <exception cref="ProcessGroupException">A rank has others.</exception>
    public static void RequireEqual(DualEncoder network, IProcessGroup group, long step)
    {
        var hash = new XxHash64();
        foreach (var (_, parameter) in network.named_parameters())
        {
            using var scope = NewDisposeScope();
            var rows = parameter.detach().cpu().contiguous().reshape(parameter.dim() == 0 ? 1 : parameter.shape[0], -1);
            for (var row = 0L; row < rows.shape[0]; row++)
                hash.Append(TensorRows.Get<byte>(rows, row));
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
