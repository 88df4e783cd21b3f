using Clip.Shared;
using Clip.Training.Optimization;

namespace Clip.Training.Distributed;

/// <summary>Averages gradients over all ranks, in buckets that travel while the rest is computed.</summary>
/// <remarks>
/// Every rank has the same parameters in the same order. One without a gradient counts as zeros, on all ranks alike. Source: Li et al. 2020, "PyTorch
/// Distributed: Experiences on Accelerating Data Parallel Training", section 3.2 (buckets, overlap).
/// </remarks>
/// <param name="group">The ranks.</param>
internal sealed class GradientReducer(IProcessGroup group)
{
    // Of a bucket, as in PyTorch's DistributedDataParallel: large enough for the network's full rate, small enough to begin early.
    private const long BucketBytes = 25 << 20;

    private readonly HashSet<nint> _begun = [];
    private readonly List<(Tensor Bucket, List<Parameter> Parameters, Task Sum)> _travelling = [];

    /// <summary>Begins to average the gradients of some parameters, which are complete; those that have begun already go on.</summary>
    public void Begin(IEnumerable<NamedParameter> parameters)
    {
        var bucket = new List<Parameter>();
        var bytes = 0L;
        foreach (var (_, parameter) in parameters.Where(entry => entry.Parameter.requires_grad && _begun.Add(entry.Parameter.Handle)))
        {
            bucket.Add(parameter);
            bytes += parameter.numel() * parameter.element_size();
            if (bytes < BucketBytes)
                continue;
            Send(bucket);
            (bucket, bytes) = ([], 0);
        }
        if (bucket.Count > 0)
            Send(bucket);
    }

    /// <summary>Waits for what has begun, and puts the averages in the gradients' places.</summary>
    public void End()
    {
        using var noGradients = no_grad();
        foreach (var (bucket, parameters, sum) in _travelling)
        {
            using var scope = NewDisposeScope();
            sum.GetAwaiter().GetResult();
            bucket.DivideInPlace(group.WorldSize);
            var start = 0L;
            foreach (var parameter in parameters)
            {
                var average = bucket.narrow(0, start, parameter.numel()).view(parameter.shape);
                if (parameter.grad is { } gradient)
                    gradient.copy_(average);
                else
                    parameter.grad = average.clone().DetachFromDisposeScope();
                start += parameter.numel();
            }
            bucket.Dispose();
        }
        _travelling.Clear();
        _begun.Clear();
    }

    private void Send(List<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var parts = parameters.Select(parameter => (parameter.grad ?? zeros_like(parameter)).reshape(-1)).ToList();
        var bucket = cat(parts).DetachFromDisposeScope();
        _travelling.Add((bucket, parameters, group.AllReduceAsync(bucket)));
    }
}
