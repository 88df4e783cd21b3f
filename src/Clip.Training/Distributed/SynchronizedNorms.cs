using Clip.Shared;

namespace Clip.Training.Distributed;

/// <summary>Batch norms whose statistics are those of all ranks' images, in the forward pass and in its gradients.</summary>
/// <remarks>
/// Within <see cref="Use"/> a norm is in evaluation mode, so that it leaves its statistics alone, and a hook puts the synchronized norm in the place of
/// its output. Ranks have as many images each, so a mean of their means is the mean. The variance takes a second exchange: from sums of squares it would
/// be the difference of large numbers. Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithm 1.
/// </remarks>
internal sealed class SynchronizedNorms : IDisposable
{
    private readonly IProcessGroup _group;
    private readonly List<BatchNorm> _norms;
    private readonly List<Action> _hooks = [];
    private bool _isUsed;

    /// <summary>Prepares the batch norms of a model.</summary>
    /// <param name="network">The model.</param>
    /// <param name="except">Those that keep their statistics.</param>
    /// <param name="group">The ranks.</param>
    public SynchronizedNorms(nn.Module network, IReadOnlyCollection<nn.Module> except, IProcessGroup group)
    {
        _group = group;
        _norms = [.. network.modules().OfType<BatchNorm>().Where(norm => !except.Contains(norm))];
        foreach (var norm in _norms)
            _hooks.Add(norm.register_forward_hook((_, input, output) => _isUsed ? Normalize(norm, input) : output).remove);
    }

    /// <summary>Runs passes with synchronized norms; all ranks do.</summary>
    public T Use<T>(Func<T> passes)
    {
        _norms.ForEach(norm => norm.eval());
        _isUsed = true;
        try
        {
            return passes();
        }
        finally
        {
            _isUsed = false;
            _norms.ForEach(norm => norm.train());
        }
    }

    /// <summary>Leaves the norms as they were.</summary>
    public void Dispose() => _hooks.ForEach(remove => remove());

    private Tensor Normalize(BatchNorm norm, Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input.to(ScalarType.Float32);                                               // [N, C, H, W]
        var mean = SummedOverRanks.Of(x.mean([0, 2, 3]), _group).DividedBy(_group.WorldSize);  // [C]
        var centered = x - PerChannel(mean);
        var variance = SummedOverRanks.Of(centered.Squared().mean([0, 2, 3]), _group).DividedBy(_group.WorldSize);
        Keep(norm, mean, variance, x.numel() / x.shape[1] * _group.WorldSize);
        var y = centered * PerChannel(variance.Plus(norm.eps).rsqrt());
        if (norm.weight is { } gain)
            y = y * PerChannel(gain.to(ScalarType.Float32));
        if (norm.bias is { } shift)
            y = y.Plus(PerChannel(shift.to(ScalarType.Float32)));
        return y.to(input.dtype).MoveToOuterDisposeScope();
    }

    // The running variance is the unbiased one, as PyTorch's.
    private static void Keep(BatchNorm norm, Tensor mean, Tensor variance, long count)
    {
        if (norm.running_mean is not { } means || norm.running_var is not { } variances)
            return;
        using var noGradients = no_grad();
        norm.num_batches_tracked?.AddInPlace(1);
        var momentum = norm.momentum ?? 1 / norm.num_batches_tracked!.to(ScalarType.Float64).item<double>();
        means.MultiplyInPlace(1 - momentum).AddInPlace(mean.to(means.dtype), factor: momentum);
        variances.MultiplyInPlace(1 - momentum).AddInPlace(variance.Times(count / Math.Max(1.0, count - 1)).to(variances.dtype), factor: momentum);
    }

    private static Tensor PerChannel(Tensor values) => values.reshape(1, -1, 1, 1);
}
