using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>A forward pass through a pre-norm transformer block, and the backward pass to come.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class BlockPass<TSimd, TVector> : IBlockPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly TrainingMemory _memory;
    private readonly BlockForward<TSimd, TVector> _forward;
    private readonly BlockWeights _weights;
    private NativeFloats? _kept;

    /// <summary>Takes the memory of a pass.</summary>
    /// <param name="memory">Where it comes from.</param>
    /// <param name="weights">The block's weights, dense in float32.</param>
    /// <param name="shape">The block's form.</param>
    /// <param name="sequences">Sequences.</param>
    /// <param name="length">Tokens of each.</param>
    public BlockPass(TrainingMemory memory, BlockWeights weights, TransformerShape shape, nint sequences, nint length)
    {
        (_memory, _weights) = (memory, weights);
        var (width, hidden) = ((nint)weights.InputWeight.shape[1], (nint)weights.ExpandWeight.shape[0]);
        _kept = memory.Rent(BlockActivations.LengthOf(sequences * length, width, hidden));
        _forward = new BlockForward<TSimd, TVector>
        {
            Weights = new BlockPointers(weights),
            Heads = new HeadShape(sequences, length, shape.Heads, (int)(width / shape.Heads), shape.Causal),
            Hidden = hidden,
            Epsilon = shape.NormEpsilon,
            Activation = shape.Activation,
            Kept = new BlockActivations(_kept.Pointer, sequences * length, width, hidden),
        };
    }

    private double Multiplications => (double)_forward.Heads.Tokens * _forward.Heads.Width * (4 * _forward.Heads.Width + 2 * _forward.Hidden);

    /// <summary>Computes the block.</summary>
    /// <param name="x">[N, L, W], dense.</param>
    public Tensor Forward(Tensor x)
    {
        var output = empty(x.shape, ScalarType.Float32);
        var input = TensorMemory.Pointer<float>(x);
        var target = TensorMemory.Pointer<float>(output);
        var threads = KernelThreads.SizeFor(Multiplications);
        var scratch = _memory.Rent(_forward.ScratchLength(threads));
        var forward = _forward;
        var first = scratch.Pointer;
        KernelThreads.Shared.Run(threads, team => forward.Compute(team, input, target, first));
        _memory.Return(scratch);
        GC.KeepAlive(x);
        GC.KeepAlive(_weights);
        return output;
    }

    /// <inheritdoc/>
    public Tensor SendBack(Tensor x, Tensor gradient)
    {
        if (_kept is null)
            throw new InvalidOperationException("The backward pass through this block has been done, and what it needs is gone; run the forward pass again.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (dense, denseInput) = (TensorMemory.Dense(gradient), TensorMemory.Dense(x));
        var result = empty(x.shape, ScalarType.Float32);
        var backward = new BlockBackward<TSimd, TVector> { Forward = _forward, Targets = new BlockTargets(_weights) };
        var input = TensorMemory.Pointer<float>(denseInput);
        var from = TensorMemory.Pointer<float>(dense);
        var to = TensorMemory.Pointer<float>(result);
        var threads = KernelThreads.SizeFor(2 * Multiplications);
        var scratch = _memory.Rent(backward.ScratchLength(threads));
        var first = scratch.Pointer;
        KernelThreads.Shared.Run(threads, team => backward.Compute(team, input, from, to, first));
        _memory.Return(scratch);
        GC.KeepAlive(dense);
        GC.KeepAlive(denseInput);
        GC.KeepAlive(_weights);
        Dispose();
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_kept is null)
            return;
        _memory.Return(_kept);
        _kept = null;
    }
}
