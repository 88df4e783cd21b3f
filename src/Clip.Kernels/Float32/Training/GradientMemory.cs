using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Training;

/// <summary>Finds where gradients of weights go, and keeps their memory from one step to the next.</summary>
/// <remarks>Fresh memory comes a page at a time, each of which the processor must first be interrupted for.</remarks>
internal sealed unsafe class GradientMemory : IDisposable
{
    // By weight: what it had as a gradient; null while it has it.
    private readonly ConditionalWeakTable<Tensor, Kept> _kept = [];

    /// <summary>A weight's gradient, which is made where the weight has none yet.</summary>
    /// <param name="weight">The weight; null for one that the layer does not have.</param>
    /// <returns>Where its gradient goes, or no place where it wants none.</returns>
    public GradientTarget TargetOf(Tensor? weight)
    {
        if (weight is not { requires_grad: true, is_leaf: true })
            return default;
        var gradient = weight.grad;
        if (gradient is not null && gradient.is_contiguous())
            return new GradientTarget((nint)TensorMemory.Pointer<float>(gradient), Accumulates: true);
        using var kept = _kept.GetOrCreateValue(weight).Take(weight);
        var dense = gradient?.contiguous() ?? kept ?? empty(weight.shape, ScalarType.Float32);
        weight.grad = dense;
        return new GradientTarget((nint)TensorMemory.Pointer<float>(dense), Accumulates: gradient is not null);
    }

    /// <summary>Takes a weight's gradient away, and keeps its memory if it came from here.</summary>
    /// <param name="weight">The weight, whose gradient nobody else uses any more.</param>
    public void TakeFrom(Tensor weight)
    {
        if (_kept.TryGetValue(weight, out var kept) && weight.grad is { } gradient)
            kept.Keep(gradient);
        weight.grad = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, kept) in _kept)
            kept.Dispose();
        _kept.Clear();
    }

    private sealed class Kept : IDisposable
    {
        private Tensor? _gradient;

        public void Keep(Tensor gradient)
        {
            Dispose();
            _gradient = gradient.DetachFromDisposeScope();
        }

        public Tensor? Take(Tensor weight)
        {
            var gradient = _gradient;
            _gradient = null;
            // The weight may have been moved or changed its dtype meanwhile.
            if (gradient is null || (BlockPointers.Fit(gradient) && gradient.shape.SequenceEqual(weight.shape)))
                return gradient;
            gradient.Dispose();
            return null;
        }

        public void Dispose()
        {
            _gradient?.Dispose();
            _gradient = null;
        }
    }
}
