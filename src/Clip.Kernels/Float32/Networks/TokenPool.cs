using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Networks;

/// <summary>The mean of each sequence's tokens, and a norm behind it, in float32 on the calling thread.</summary>
/// <remarks>It takes microseconds; libtorch's threads, which would share it, spin for milliseconds on the processors that the next kernel needs.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class TokenPool<TSimd, TVector> : ITokenPoolKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly LayerNorm<TSimd, TVector>? _norm;

    /// <summary>Copies the weights.</summary>
    /// <param name="norm">Gain and bias [W] of the norm of the means; null for none.</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    public TokenPool((Tensor Weight, Tensor Bias)? norm, double epsilon)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _norm = norm is { } affine ? new(affine, epsilon) : null;
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(tokens);
        var (sequences, length, width) = ((nint)input.shape[0], (nint)input.shape[1], (nint)input.shape[2]);
        Debug.Assert(length > 0, "Sequences have tokens.");
        var output = empty([sequences, width], ScalarType.Float32);
        if (output.numel() == 0)
            return output.MoveToOuterDisposeScope();
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        for (nint sequence = 0; sequence < sequences; sequence++)
            RowMeans<TSimd, TVector>.Compute(source + sequence * length * width, length, width, new(0, width), target + sequence * width);
        _norm?.Compute(new(0, sequences), target, target);
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _norm?.Dispose();
}
