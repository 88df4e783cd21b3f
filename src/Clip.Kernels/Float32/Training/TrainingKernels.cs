using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>The library's own kernels for training.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class TrainingKernels<TSimd, TVector> : ITrainingKernels
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly TrainingMemory _memory = new();

    /// <inheritdoc/>
    public Tensor Multiply(Tensor x, Tensor weight, Tensor? bias)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        var (outputs, inputs) = SizesOf(weight);
        var rows = (nint)(input.numel() / inputs);
        var output = empty([.. x.shape[..^1], outputs], ScalarType.Float32);
        if (rows == 0)
            return output.MoveToOuterDisposeScope();

        var from = TensorMemory.Pointer<float>(input);
        var to = TensorMemory.Pointer<float>(output);
        var factors = TensorMemory.Pointer<float>(weight);
        var addends = bias is null ? null : TensorMemory.Pointer<float>(bias);
        var panels = _memory.Rent(Panels<TSimd, TVector>.Length(inputs, outputs));
        var first = panels.Pointer;
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)rows * inputs * outputs), team =>
        {
            Panels<TSimd, TVector>.PackTransposed(team, factors, inputs, outputs, first);
            team.Barrier();
            PanelProduct<TSimd, TVector>.Compute(team, from, inputs, rows, inputs, first, outputs, to, addends, null, default(NoTileEnd));
        });
        _memory.Return(panels);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor weight, Tensor? bias, Tensor gradient, bool wantsInput)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (input, dense) = (TensorMemory.Dense(x), TensorMemory.Dense(gradient));
        var result = wantsInput ? empty(x.shape, ScalarType.Float32) : null;
        var (outputs, inputs) = SizesOf(weight);
        var rows = (nint)(input.numel() / inputs);
        if (rows == 0)
            return result?.MoveToOuterDisposeScope();

        var scratch = _memory.Rent(LinearGradient<TSimd, TVector>.ScratchLength(rows, inputs, outputs));
        var linear = new LinearGradient<TSimd, TVector>
        {
            Rows = rows,
            Inputs = inputs,
            Outputs = outputs,
            Weight = TensorMemory.Pointer<float>(weight),
            Gradients = TensorMemory.Pointer<float>(dense),
            WeightGradient = _memory.Gradients.TargetOf(weight),
            BiasGradient = _memory.Gradients.TargetOf(bias),
            Scratch = scratch.Pointer,
            WantsInput = wantsInput,
        };
        var stored = new StoredRows(TensorMemory.Pointer<float>(input), inputs);
        var to = result is null ? null : TensorMemory.Pointer<float>(result);
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)rows * inputs * outputs), team =>
        {
            linear.Prepare(team, stored, null);
            team.Barrier();
            linear.Compute(team, to, default(NoTileEnd));
        });
        _memory.Return(scratch);
        GC.KeepAlive(input);
        GC.KeepAlive(dense);
        GC.KeepAlive(weight);
        return result?.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public bool Serves(BlockWeights weights, TransformerShape shape) =>
        shape is { NormsBehind: false, InnerNorms: false, Gated: false, Rotary: null }
        && weights is { AttentionScale: null, MlpScale: null, HeadsNorm: null, HiddenNorm: null, GateWeight: null }
        && BlockPointers.Fit(weights);

    /// <inheritdoc/>
    public ITrainingPass Begin(BlockWeights weights, TransformerShape shape, BlockTokens tokens)
    {
        Debug.Assert(Serves(weights, shape), "Blocks of other forms are computed elsewhere.");
        return tokens.Chosen is null
            ? WholePass<TSimd, TVector>.Create(_memory, weights, shape, tokens)
            : SingleQueryPass<TSimd, TVector>.Create(_memory, weights, shape, tokens);
    }

    /// <inheritdoc/>
    public ITrainingPass? TryBeginPatches(PatchWeights weights, Tensor pixels)
    {
        var side = weights.Weight.shape[3];
        Tensor?[] all = [weights.Weight, weights.Bias, weights.ClassToken, weights.Positions, weights.Norm?.Weight, weights.Norm?.Bias];
        var fits = IsServed(pixels) && pixels.shape[2] % side == 0 && pixels.shape[3] % side == 0 && Array.TrueForAll(all, weight => weight is null || BlockPointers.Fit(weight));
        return fits ? new PatchPass<TSimd, TVector>(_memory, weights, pixels) : null;
    }

    /// <inheritdoc/>
    public ITrainingPass? TryBeginTokens(Tensor vectors, Tensor positions, TokenSequences sequences) =>
        BlockPointers.Fit(vectors) && BlockPointers.Fit(positions) ? new TokenPass<TSimd, TVector>(_memory.Gradients, vectors, positions, sequences) : null;

    /// <inheritdoc/>
    public ITrainingPass? TryBeginNorm((Tensor Weight, Tensor Bias) affine, double epsilon, Tensor x) =>
        IsServed(x) && BlockPointers.Fit(affine.Weight) && BlockPointers.Fit(affine.Bias) ? new NormPass<TSimd, TVector>(_memory, affine, epsilon, x) : null;

    /// <inheritdoc/>
    public ITrainingPass? TryBeginProjection(Tensor matrix, Tensor x) =>
        IsServed(x) && BlockPointers.Fit(matrix) ? new ProjectionPass<TSimd, TVector>(_memory, matrix) : null;

    /// <inheritdoc/>
    public ITrainingPass? TryBeginMean(long first, Tensor x) => IsServed(x) && x.shape[1] > first ? new MeanPass<TSimd, TVector>((nint)first) : null;

    /// <inheritdoc/>
    public void ForgetGradient(Tensor weight) => _memory.Gradients.TakeFrom(weight);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static (nint Outputs, nint Inputs) SizesOf(Tensor weight) => ((nint)weight.shape[0], (nint)(weight.numel() / weight.shape[0]));

    private static bool IsServed(Tensor x) => x.dtype == ScalarType.Float32 && x.device_type == DeviceType.CPU && x.numel() > 0;
}
