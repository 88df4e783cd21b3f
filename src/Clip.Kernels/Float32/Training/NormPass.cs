using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass through a layer norm.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class NormPass<TSimd, TVector> : ITrainingPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // What a norm does to an element takes as long as so many multiplications of a product.
    private const double WorkPerElement = 8;

    private readonly TrainingMemory _memory;
    private readonly (Tensor Weight, Tensor Bias) _affine;
    private readonly double _epsilon;
    private readonly nint _width;
    private readonly nint _rows;
    private NativeFloats? _statistics;

    /// <summary>Takes the memory of a pass.</summary>
    /// <param name="memory">Where it comes from.</param>
    /// <param name="affine">Gains and biases [W], dense in float32.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="x">What will be normed, [..., W].</param>
    public NormPass(TrainingMemory memory, (Tensor Weight, Tensor Bias) affine, double epsilon, Tensor x)
    {
        (_memory, _affine, _epsilon) = (memory, affine, epsilon);
        _width = (nint)affine.Weight.shape[0];
        _rows = (nint)(x.numel() / _width);
        _statistics = memory.Rent(2 * _rows);
    }

    private int Threads => KernelThreads.SizeFor(WorkPerElement * _rows * _width);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        var output = empty(x.shape, ScalarType.Float32);
        var target = TensorMemory.Pointer<float>(output);
        var norm = NormOf(input);
        KernelThreads.Shared.Run(Threads, team => norm.Compute(team.Share(_rows), target));
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor gradient)
    {
        if (_statistics is null)
            throw new InvalidOperationException("The backward pass through this norm has been done, and what it needs is gone; run the forward pass again.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (input, dense) = (TensorMemory.Dense(x), TensorMemory.Dense(gradient));
        var result = empty(x.shape, ScalarType.Float32);
        var (gain, shift) = (_memory.Gradients.TargetOf(_affine.Weight), _memory.Gradients.TargetOf(_affine.Bias));
        var from = TensorMemory.Pointer<float>(dense);
        var to = TensorMemory.Pointer<float>(result);
        var norm = NormOf(input);
        var sums = _memory.Rent(RowNorm<TSimd, TVector>.SumsLength(_rows, _width));
        var first = sums.Pointer;
        KernelThreads.Shared.Run(Threads, team =>
        {
            norm.SendBackAlone(team, _rows, from, to, first);
            team.Barrier();
            norm.AddSums(team, _rows, first, gain, shift);
        });
        _memory.Return(sums);
        GC.KeepAlive(input);
        GC.KeepAlive(dense);
        Dispose();
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_statistics is null)
            return;
        _memory.Return(_statistics);
        _statistics = null;
    }

    private RowNorm<TSimd, TVector> NormOf(Tensor input) => new(
        _width, TensorMemory.Pointer<float>(_affine.Weight), TensorMemory.Pointer<float>(_affine.Bias), _epsilon, TensorMemory.Pointer<float>(input),
        _statistics!.Pointer);
}
