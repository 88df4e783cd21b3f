using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Places of images side by side in some order, and a norm of what that makes, in float32.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PlaceNorm<TSimd, TVector> : IPlaceNormKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly LayerNorm<TSimd, TVector> _norm;
    private readonly long _width;

    /// <summary>Copies the weights.</summary>
    /// <param name="norm">Gain and bias [k · C].</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    public PlaceNorm((Tensor Weight, Tensor Bias) norm, double epsilon)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _norm = new(norm, epsilon);
        _width = norm.Weight.numel();
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor places, Tensor order)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Debug.Assert(order.numel() * places.shape[2] % _width == 0, "Places side by side are as wide as the norm.");
        var gathered = TensorMemory.Gather(places, order).view(places.shape[0], order.shape[0] * places.shape[2] / _width, _width);
        if (gathered.numel() == 0)
            return gathered.MoveToOuterDisposeScope();
        var rows = TensorMemory.Pointer<float>(gathered);
        KernelThreads.Shared.Run(
            KernelThreads.SizeFor(gathered.numel()), team => _norm.Compute(team.Share((nint)(gathered.numel() / _width)), rows, rows));
        return gathered.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _norm.Dispose();
}
