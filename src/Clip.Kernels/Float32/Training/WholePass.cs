using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass through a pre-norm transformer block for all tokens.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class WholePass<TSimd, TVector> : BlockPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly BlockForward<TSimd, TVector> _forward;
    private readonly BlockTokens _tokens;

    private WholePass(TrainingMemory memory, BlockWeights weights, TransformerShape shape, BlockTokens tokens, SequenceRows rows, NativeFloats kept)
        : base(memory, weights, kept)
    {
        var (width, hidden) = ((nint)weights.InputWeight.shape[1], (nint)weights.ExpandWeight.shape[0]);
        _tokens = tokens;
        _forward = new BlockForward<TSimd, TVector>
        {
            Weights = new BlockPointers(weights),
            Heads = new HeadShape(rows, shape.Heads, (int)(width / shape.Heads), shape.Causal),
            Hidden = hidden,
            Epsilon = shape.NormEpsilon,
            Activation = shape.Activation,
            Kept = new BlockActivations(kept.Pointer, rows.Tokens, width, hidden),
        };
    }

    /// <summary>Takes the memory of a pass.</summary>
    /// <param name="memory">Where it comes from.</param>
    /// <param name="weights">The block's weights, dense in float32.</param>
    /// <param name="shape">The block's form.</param>
    /// <param name="tokens">Which tokens, all of which are wanted.</param>
    public static WholePass<TSimd, TVector> Create(TrainingMemory memory, BlockWeights weights, TransformerShape shape, BlockTokens tokens)
    {
        var rows = SequenceRows.Of(tokens);
        var kept = memory.Rent(BlockActivations.LengthOf(rows.Tokens, (nint)weights.InputWeight.shape[1], (nint)weights.ExpandWeight.shape[0]));
        return new(memory, weights, shape, tokens, rows, kept);
    }

    /// <inheritdoc/>
    protected override double Multiplications => (double)_forward.Heads.Tokens * _forward.Heads.Width * (4 * _forward.Heads.Width + 2 * _forward.Hidden);

    /// <inheritdoc/>
    protected override long[] OutputShape(Tensor x) => x.shape;

    /// <inheritdoc/>
    protected override nint ForwardLength(int threads) => _forward.ScratchLength(threads);

    /// <inheritdoc/>
    protected override nint BackwardLength(int threads) => Backward(null!).ScratchLength(threads);

    /// <inheritdoc/>
    protected override void Compute(ThreadTeam team, float* input, float* output, float* scratch)
    {
        _forward.Compute(team, input, output, scratch);
        GC.KeepAlive(_tokens);
    }

    /// <inheritdoc/>
    protected override void SendBack(ThreadTeam team, BlockTargets targets, float* input, float* gradient, float* result, float* scratch)
    {
        Backward(targets).Compute(team, input, gradient, result, scratch);
        GC.KeepAlive(_tokens);
    }

    private BlockBackward<TSimd, TVector> Backward(BlockTargets targets) => new() { Forward = _forward, Targets = targets };
}
