using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass from tokens [N, L, W] to their mean [N, W], of those from one on.</summary>
/// <param name="first">The first token that counts.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class MeanPass<TSimd, TVector>(nint first) : ITrainingPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        var (items, length, width) = ((nint)x.shape[0], (nint)x.shape[1], (nint)x.shape[2]);
        var output = empty([items, width], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)items * length * width), team =>
        {
            var own = team.Share(items);
            for (var item = own.First; item < own.End; item++)
                RowMeans<TSimd, TVector>.Compute(source + (item * length + first) * width, length - first, width, new(0, width), target + item * width);
        });
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor gradient)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var dense = TensorMemory.Dense(gradient);
        var (items, length, width) = ((nint)x.shape[0], (nint)x.shape[1], (nint)x.shape[2]);
        var result = empty(x.shape, ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(dense);
        var target = TensorMemory.Pointer<float>(result);
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)items * length * width), team =>
        {
            var own = team.Share(items);
            for (var item = own.First; item < own.End; item++)
                Spread(source + item * width, target + item * length * width, length, (int)width);
        });
        GC.KeepAlive(dense);
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Spread(float* gradient, float* tokens, nint length, int width)
    {
        new Span<float>(tokens, checked((int)(first * width))).Clear();
        var share = tokens + first * width;
        for (var i = 0; i < width; i++)
            share[i] = gradient[i] / (length - first);
        RowCopy.Copy(share, 0, share + width, width, length - first - 1, width);
    }
}
