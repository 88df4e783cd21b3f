using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Products;

/// <summary>A linear layer in float32.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Linear<TSimd, TVector> : ILinearKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;

    /// <summary>Packs the weights.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="format">What the weights are rounded to.</param>
    public Linear(Tensor weight, Tensor? bias, WeightFormat format = WeightFormat.Float32)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _weights = new(weight, bias, format);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = x.to(ScalarType.Float32).contiguous();
        var rows = (nint)input.shape[0];
        var output = empty([rows, _weights.Outputs], ScalarType.Float32);
        var source = new PlainRows(TensorMemory.Pointer<float>(input), _weights.Inputs, _weights.Inputs);
        var target = TensorMemory.Pointer<float>(output);
        KernelThreads.Shared.Run(
            KernelThreads.SizeFor((double)rows * _weights.Inputs * _weights.Outputs),
            team => MatrixProduct<TSimd, TVector>.Compute(team, source, rows, _weights, target, _weights.Outputs));
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
