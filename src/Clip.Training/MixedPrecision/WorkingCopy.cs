using Clip.Models;
using Clip.Shared;

namespace Clip.Training.MixedPrecision;

/// <summary>A model in half precision that computes for a model in float32, which alone is trained.</summary>
/// <remarks>
/// Weights are rounded for every step, and gradients are added up in float32: after each backward pass they are moved to the
/// float32 weights, so that half precision never sums over micro-batches.
/// Source: Micikevicius et al. 2017, "Mixed Precision Training", section 3.1.
/// </remarks>
internal sealed class WorkingCopy : IDisposable
{
    private readonly List<(Parameter Master, Parameter Working)> _parameters;
    private readonly List<(Tensor Master, Tensor Working)> _buffers;

    public WorkingCopy(DualEncoder master, ScalarType dtype)
    {
        Network = master.Copy(dtype);
        _parameters = [.. master.named_parameters().Zip(Network.named_parameters(), (one, other) => (one.parameter, other.parameter))];
        _buffers = [.. master.named_buffers().Zip(Network.named_buffers(), (one, other) => (one.buffer, other.buffer))];
    }

    /// <summary>The model that computes.</summary>
    public DualEncoder Network { get; }

    /// <summary>Rounds the weights anew.</summary>
    public void Refresh()
    {
        using var noGradients = no_grad();
        foreach (var (master, working) in _parameters)
            working.copy_(master);
        foreach (var (master, working) in _buffers)
            working.copy_(master);
    }

    /// <summary>Moves gradients to the float32 weights, adding to those that are there.</summary>
    public void MoveGradients()
    {
        using var noGradients = no_grad();
        foreach (var (master, working) in _parameters)
        {
            using var scope = NewDisposeScope();
            if (working.grad is not { } gradient)
                continue;
            var precise = gradient.to(master.dtype);
            if (master.grad is { } sum)
                sum.AddInPlace(precise);
            else
                master.grad = precise;
            working.grad = null;
        }
    }

    /// <summary>Brings statistics that a forward pass changed, such as batch norm's, to the float32 model.</summary>
    public void MoveStatistics()
    {
        using var noGradients = no_grad();
        foreach (var (master, working) in _buffers)
            master.copy_(working);
    }

    public void Dispose() => Network.Dispose();
}
