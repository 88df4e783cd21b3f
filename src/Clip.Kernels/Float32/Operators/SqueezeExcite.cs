using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Gates the channels of an image by two linear layers of their means, and computes GELU of what passes.</summary>
/// <remarks>Source: Hu et al. 2018, "Squeeze-and-Excitation Networks", section 3.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class SqueezeExcite<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _reduce;
    private readonly PackedMatrix<TSimd, TVector> _expand;

    /// <summary>Packs the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="order">Which channel of theirs each channel of an image is.</param>
    public SqueezeExcite(SqueezeExciteWeights weights, Tensor order)
    {
        _reduce = new(weights.ReduceWeight.index_select(1, order), weights.ReduceBias);
        _expand = new(weights.ExpandWeight.index_select(0, order), weights.ExpandBias.index_select(0, order));
    }

    /// <summary>Elements of scratch memory that a team needs.</summary>
    public nint ScratchLength => 2 * _expand.Outputs + _reduce.Outputs;

    /// <summary>Gates an image in place; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="image">The image.</param>
    /// <param name="scratch">Scratch memory of the team.</param>
    public void Compute(ThreadTeam team, FeatureMap image, float* scratch)
    {
        var channels = image.Channels;
        var means = scratch;
        var gates = means + channels;
        var hidden = gates + channels;
        var groups = team.Share((channels + TSimd.Lanes - 1) / TSimd.Lanes);
        RowMeans<TSimd, TVector>.Compute(image.First, image.Positions, channels, new(groups.First * TSimd.Lanes, nint.Min(channels, groups.End * TSimd.Lanes)), means);
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(
            team, new PlainRows(means, channels, channels), 1, _reduce, hidden, _reduce.Outputs, activation: FusedActivation.Relu);
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(hidden, _reduce.Outputs, _reduce.Outputs), 1, _expand, gates, channels);
        team.Barrier();
        var share = team.Share(channels);
        Elementwise<TSimd, TVector>.Sigmoid(gates + share.First, share.Count);
        team.Barrier();
        var positions = team.Share(image.Positions);
        for (var position = positions.First; position < positions.End; position++)
        {
            var row = image.First + position * channels;
            Elementwise<TSimd, TVector>.Multiply(row, gates, channels);
            Elementwise<TSimd, TVector>.Gelu(row, channels);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reduce.Dispose();
        _expand.Dispose();
    }
}
