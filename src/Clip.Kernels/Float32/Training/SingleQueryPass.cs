using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass through a pre-norm transformer block of which one token per sequence is wanted.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class SingleQueryPass<TSimd, TVector> : BlockPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly SingleQueryForward<TSimd, TVector> _forward;
    private readonly BlockTokens _tokens;
    private readonly long[] _chosen;

    private SingleQueryPass(
        TrainingMemory memory, BlockWeights weights, TransformerShape shape, BlockTokens tokens, HeadShape heads, NativeFloats kept)
        : base(memory, weights, kept)
    {
        var hidden = (nint)weights.ExpandWeight.shape[0];
        _tokens = tokens;
        // Pinned, because kernels read them where they lie.
        _chosen = GC.AllocateUninitializedArray<long>((int)heads.Sequences, pinned: true);
        for (var i = 0; i < _chosen.Length; i++)
            _chosen[i] = heads.Rows.First(i) + tokens.Chosen![i];
        _forward = new SingleQueryForward<TSimd, TVector>
        {
            Weights = new BlockPointers(weights),
            Heads = heads,
            Chosen = (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_chosen)),
            Hidden = hidden,
            Epsilon = shape.NormEpsilon,
            Activation = shape.Activation,
            Kept = new SingleQueryActivations<TSimd, TVector>(kept.Pointer, heads, hidden),
        };
    }

    /// <summary>Takes the memory of a pass.</summary>
    /// <param name="memory">Where it comes from.</param>
    /// <param name="weights">The block's weights, dense in float32.</param>
    /// <param name="shape">The block's form.</param>
    /// <param name="tokens">Which tokens, one of each sequence being wanted.</param>
    public static SingleQueryPass<TSimd, TVector> Create(TrainingMemory memory, BlockWeights weights, TransformerShape shape, BlockTokens tokens)
    {
        var heads = new HeadShape(SequenceRows.Of(tokens), shape.Heads, (int)(weights.InputWeight.shape[1] / shape.Heads), shape.Causal);
        var kept = memory.Rent(SingleQueryActivations<TSimd, TVector>.LengthOf(heads, (nint)weights.ExpandWeight.shape[0]));
        return new(memory, weights, shape, tokens, heads, kept);
    }

    /// <inheritdoc/>
    protected override double Multiplications =>
        _forward.Heads.Width * (_forward.Heads.Sequences * (4.0 * _forward.Heads.Width + 2 * _forward.Hidden) + 2.0 * _forward.Heads.Tokens * _forward.Heads.Heads);

    /// <inheritdoc/>
    protected override long[] OutputShape(Tensor x) => [_forward.Heads.Sequences, _forward.Heads.Width];

    /// <inheritdoc/>
    protected override nint ForwardLength(int threads) => _forward.ScratchLength(threads);

    /// <inheritdoc/>
    protected override nint BackwardLength(int threads) => Backward(null!).ScratchLength(threads);

    /// <inheritdoc/>
    protected override void Compute(ThreadTeam team, float* input, float* output, float* scratch)
    {
        _forward.Compute(team, input, output, scratch);
        GC.KeepAlive(_tokens);
        GC.KeepAlive(_chosen);
    }

    /// <inheritdoc/>
    protected override void SendBack(ThreadTeam team, BlockTargets targets, float* input, float* gradient, float* result, float* scratch)
    {
        Backward(targets).Compute(team, input, gradient, result, scratch);
        GC.KeepAlive(_tokens);
        GC.KeepAlive(_chosen);
    }

    private SingleQueryBackward<TSimd, TVector> Backward(BlockTargets targets) => new() { Forward = _forward, Targets = targets };
}
