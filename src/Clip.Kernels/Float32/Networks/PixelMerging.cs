using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A norm of each pixel, and a convolution whose stride is its kernel, in float32.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PixelMerging<TSimd, TVector> : IPixelKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly LayerNorm<TSimd, TVector> _norm;
    private readonly PackedMatrix<TSimd, TVector> _weights;
    private readonly Scratch _scratch = new();
    private readonly int _side;

    /// <summary>Copies the weights.</summary>
    /// <param name="norm">Gains and biases [C].</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    /// <param name="weight">[O, C, k, k].</param>
    /// <param name="bias">[O].</param>
    public PixelMerging((Tensor Weight, Tensor Bias) norm, double epsilon, Tensor weight, Tensor bias)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _side = (int)weight.shape[3];
        _norm = new(norm, epsilon);
        _weights = PackedMatrix<TSimd, TVector>.Of(new FoldedConvolution(weight, bias));
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        var (images, height, width, channels) = ((nint)input.shape[0], (nint)input.shape[1], (nint)input.shape[2], (nint)input.shape[3]);
        Debug.Assert(channels * _side * _side == _weights.Inputs, "Channels are last, and those of the weights.");
        var output = empty([images, height / _side, width / _side, _weights.Outputs], ScalarType.Float32);
        var rows = (nint)(output.numel() / _weights.Outputs);
        if (rows == 0)
            return output.MoveToOuterDisposeScope();
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        using var lease = _scratch.Rent(input.numel());
        var normed = lease.Pointer;
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)rows * _weights.Inputs * _weights.Outputs), team =>
        {
            _norm.Compute(team.Share(images * height * width), source, normed);
            team.Barrier();
            MatrixProduct<TSimd, TVector>.Compute(team, new MergedRows(normed, height, width, channels, _side), rows, _weights, target, _weights.Outputs);
        });
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _norm.Dispose();
        _weights.Dispose();
        _scratch.Dispose();
    }
}
