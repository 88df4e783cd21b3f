using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A depthwise convolution and an MLP with GELU behind it, added to what went in.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class ConvolutionMlp<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly DepthwiseConvolution<TSimd, TVector> _spatial;
    private readonly PackedMatrix<TSimd, TVector> _expand;
    private readonly PackedMatrix<TSimd, TVector> _contract;

    /// <summary>Packs the weights.</summary>
    public ConvolutionMlp(ConvolutionMlpWeights weights)
    {
        _spatial = new(weights.Spatial);
        _expand = new(weights.ExpandWeight, weights.ExpandBias);
        _contract = new(weights.ContractWeight, weights.ContractBias);
    }

    /// <summary>Channels between the two layers.</summary>
    public nint Hidden => _expand.Outputs;

    /// <summary>Computes the branch and the sum; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image.</param>
    /// <param name="mixed">Memory of the image's size.</param>
    /// <param name="hidden">Memory for the hidden layer.</param>
    /// <param name="output">Where to write the sum: the input's memory or <paramref name="mixed"/>.</param>
    public FeatureMap Compute(ThreadTeam team, FeatureMap input, float* mixed, float* hidden, float* output)
    {
        var (positions, channels) = (input.Positions, input.Channels);
        _spatial.Compute(team, input, mixed);
        team.Barrier();
        if (positions >= 2 * RowBlocks.Most * team.Size)
        {
            ComputeBlocks(team, positions, mixed, hidden + team.Rank * RowBlocks.Most * Hidden, output, input.First);
        }
        else
        {
            MatrixProduct<TSimd, TVector>.Compute(
                team, new PlainRows(mixed, channels, channels), positions, _expand, hidden, Hidden, activation: FusedActivation.Gelu);
            team.Barrier();
            MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(hidden, Hidden, Hidden), positions, _contract, output, channels, input.First);
        }
        return input with { Address = (nint)output };
    }

    // Positions that a thread takes through both layers at a time, so that what lies between them stays in the caches.
    private void ComputeBlocks(ThreadTeam team, nint positions, float* mixed, float* hidden, float* output, float* addends)
    {
        var channels = _contract.Outputs;
        foreach (var block in new RowBlocks(team, positions))
        {
            var first = block.First * channels;
            MatrixProduct<TSimd, TVector>.Compute(
                new(new(0, block.Count), new(0, _expand.Panels)), new PlainRows(mixed + first, channels, channels), _expand, hidden, Hidden,
                activation: FusedActivation.Gelu);
            MatrixProduct<TSimd, TVector>.Compute(
                new(new(0, block.Count), new(0, _contract.Panels)), new PlainRows(hidden, Hidden, Hidden), _contract, output + first, channels, addends + first);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spatial.Dispose();
        _expand.Dispose();
        _contract.Dispose();
    }
}
