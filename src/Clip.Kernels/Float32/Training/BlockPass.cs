using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>What all passes through a transformer block do with tensors, memory and threads.</summary>
/// <param name="memory">Where memory comes from.</param>
/// <param name="weights">The block's weights, dense in float32.</param>
/// <param name="kept">Memory of what the forward pass leaves for the backward pass.</param>
internal abstract unsafe class BlockPass(TrainingMemory memory, BlockWeights weights, NativeFloats kept) : ITrainingPass
{
    private NativeFloats? _kept = kept;

    /// <summary>How much a forward pass multiplies.</summary>
    protected abstract double Multiplications { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var dense = TensorMemory.Dense(x);
        var output = empty(OutputShape(x), ScalarType.Float32);
        var input = TensorMemory.Pointer<float>(dense);
        var target = TensorMemory.Pointer<float>(output);
        var threads = KernelThreads.SizeFor(Multiplications);
        var scratch = memory.Rent(ForwardLength(threads));
        var first = scratch.Pointer;
        KernelThreads.Shared.Run(threads, team => Compute(team, input, target, first));
        memory.Return(scratch);
        GC.KeepAlive(dense);
        GC.KeepAlive(weights);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor gradient)
    {
        if (_kept is null)
            throw new InvalidOperationException("The backward pass through this block has been done, and what it needs is gone; run the forward pass again.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (dense, denseInput) = (TensorMemory.Dense(gradient), TensorMemory.Dense(x));
        var result = empty(x.shape, ScalarType.Float32);
        var targets = new BlockTargets(weights, memory.Gradients);
        var input = TensorMemory.Pointer<float>(denseInput);
        var from = TensorMemory.Pointer<float>(dense);
        var to = TensorMemory.Pointer<float>(result);
        var threads = KernelThreads.SizeFor(2 * Multiplications);
        var scratch = memory.Rent(BackwardLength(threads));
        var first = scratch.Pointer;
        KernelThreads.Shared.Run(threads, team => SendBack(team, targets, input, from, to, first));
        memory.Return(scratch);
        GC.KeepAlive(dense);
        GC.KeepAlive(denseInput);
        GC.KeepAlive(weights);
        Dispose();
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_kept is null)
            return;
        memory.Return(_kept);
        _kept = null;
    }

    /// <summary>The shape of the output.</summary>
    protected abstract long[] OutputShape(Tensor x);

    /// <summary>Elements of scratch memory of a forward pass.</summary>
    protected abstract nint ForwardLength(int threads);

    /// <summary>Elements of scratch memory of a backward pass.</summary>
    protected abstract nint BackwardLength(int threads);

    /// <summary>Computes the block; every thread of the team calls it.</summary>
    protected abstract void Compute(ThreadTeam team, float* input, float* output, float* scratch);

    /// <summary>Computes gradients; every thread of the team calls it.</summary>
    protected abstract void SendBack(ThreadTeam team, BlockTargets targets, float* input, float* gradient, float* result, float* scratch);
}
