using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Attention of all positions of an image to each other, added to what went in.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class GridAttention<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly LayerNorm<TSimd, TVector>? _norm;
    private readonly PackedMatrix<TSimd, TVector> _input;
    private readonly PackedMatrix<TSimd, TVector> _output;
    private readonly int _heads;

    /// <summary>Packs the weights.</summary>
    public GridAttention(GridAttentionWeights weights)
    {
        _norm = weights.Norm is { } norm ? new(norm, weights.NormEpsilon) : null;
        _input = new(weights.InputWeight, weights.InputBias);
        _output = new(weights.OutputWeight, weights.OutputBias);
        _heads = weights.Heads;
    }

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public nint ScratchLength(nint positions) => Attention<TSimd, TVector>.ScratchLength(positions, HeadSize);

    /// <summary>Computes attention and the sum; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="image">The image, to which the result is added.</param>
    /// <param name="mixed">Memory of the image's size.</param>
    /// <param name="projected">Memory of three times the image's size.</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, FeatureMap image, float* mixed, float* projected, float* scratch)
    {
        var (positions, channels) = (image.Positions, image.Channels);
        var source = image.First;
        if (_norm is not null)
        {
            _norm.Compute(team.Share(positions), source, mixed);
            source = mixed;
            team.Barrier();
        }
        MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(source, channels, channels), positions, _input, projected, 3 * channels);
        team.Barrier();
        var inputs = new AttentionInputs
        {
            Queries = projected,
            QueryStride = 3 * channels,
            Keys = projected + channels,
            Values = projected + 2 * channels,
            KeyStride = 3 * channels,
            Sequences = 1,
            QueriesPerSequence = positions,
            Length = positions,
            Scale = (float)(1 / Math.Sqrt(HeadSize)),
            Causal = false,
        };
        Attention<TSimd, TVector>.Compute(team, inputs, _heads, HeadSize, mixed, scratch + team.Rank * ScratchLength(positions));
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(
            team, new PlainRows(mixed, channels, channels), positions, _output, image.First, channels, image.First);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _norm?.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    private int HeadSize => (int)(_output.Outputs / _heads);
}
