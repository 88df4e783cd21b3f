using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>Places of a packed Swin Transformer brought into an order, several side by side, and normed.</summary>
internal sealed class PackedPlaces : IDisposable
{
    private readonly IPlaceNormKernel? _kernel;
    private readonly MixedPrecisionLayerNorm _norm;
    private readonly Tensor _order;

    /// <param name="backend">Makes the kernel.</param>
    /// <param name="norm">The norm, which computes where there is no kernel.</param>
    /// <param name="order">For each place of the result, and for each of those that it has side by side, the number of the place, int64; taken over.</param>
    public PackedPlaces(KernelBackend backend, MixedPrecisionLayerNorm norm, Tensor order)
    {
        _kernel = backend.TryCreatePlaceNorm(norm.Affine, SwinConfig.NormEpsilon);
        _norm = norm;
        _order = order;
    }

    /// <summary>Maps [N, P, C] to [N, Q, k C], where k places come side by side.</summary>
    public Tensor Forward(Tensor places)
    {
        if (_kernel is not null)
            return _kernel.Forward(places, _order);
        using var scope = NewDisposeScope();
        var width = _norm.Affine.Weight.shape[0];
        var joined = places.index_select(1, _order).view(places.shape[0], _order.shape[0] * places.shape[2] / width, width);
        return _norm.call(joined).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel?.Dispose();
        _order.Dispose();
    }
}
