using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A norm of each position, more channels, a depthwise convolution and fewer channels, added to what went in.</summary>
/// <remarks>Source: Sandler et al. 2018, "MobileNetV2", section 3.3.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class InvertedBottleneck<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly LayerNorm<TSimd, TVector> _norm;
    private readonly PackedMatrix<TSimd, TVector> _expand;
    private readonly DepthwiseConvolution<TSimd, TVector> _spatial;
    private readonly PackedMatrix<TSimd, TVector> _contract;
    private readonly PackedMatrix<TSimd, TVector>? _shortcut;
    private readonly bool _halves;

    /// <summary>Packs the weights.</summary>
    public InvertedBottleneck(InvertedBottleneckWeights weights, double epsilon)
    {
        _norm = new(weights.Norm, epsilon);
        _expand = PackedMatrix<TSimd, TVector>.Of(weights.Expand);
        _spatial = new(weights.Spatial);
        _contract = PackedMatrix<TSimd, TVector>.Of(weights.Contract);
        _shortcut = weights.Shortcut is { } shortcut ? PackedMatrix<TSimd, TVector>.Of(shortcut) : null;
        _halves = weights.Spatial.Stride == 2;
    }

    /// <summary>Makes room for an image that comes in.</summary>
    /// <param name="need">What other layers take.</param>
    /// <param name="height">Rows; those of the result afterwards.</param>
    /// <param name="width">Columns; those of the result afterwards.</param>
    /// <param name="channels">Channels; those of the result afterwards.</param>
    public ConvolutionMemory Measure(ConvolutionMemory need, ref nint height, ref nint width, ref nint channels)
    {
        var before = height * width * _expand.Outputs;
        need = need.ThreadScratch(RowBlocks.Most * channels);
        (height, width) = _spatial.OutputSize(height, width);
        channels = _contract.Outputs;
        return need.Image(height * width * channels).Hidden(before + height * width * nint.Max(_spatial.Outputs, _expand.Inputs));
    }

    /// <summary>Computes the block; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="x">The image, which is kept where the block does not halve it.</param>
    /// <param name="other">Memory for the result.</param>
    /// <param name="hidden">Memory for hidden layers.</param>
    /// <param name="scratch">Scratch memory of this thread.</param>
    public FeatureMap Compute(ThreadTeam team, FeatureMap x, float* other, float* hidden, float* scratch)
    {
        var (height, width) = _spatial.OutputSize(x.Height, x.Width);
        var output = new FeatureMap((nint)other, height, width, _contract.Outputs);
        var around = hidden + x.Positions * _expand.Outputs;
        var addends = x.First;
        if (_halves)
        {
            var means = NeighborMeans<TSimd, TVector>.Halve(team, x, _shortcut is null ? other : around);
            addends = other;
            if (_shortcut is not null)
            {
                team.Barrier();
                MatrixProduct<TSimd, TVector>.Compute(
                    team, new PlainRows(means.First, means.Channels, means.Channels), means.Positions, _shortcut, other, _shortcut.Outputs);
            }
        }
        Expand(team, x, hidden, scratch);
        team.Barrier();
        _spatial.Compute(team, x with { Address = (nint)hidden, Channels = _expand.Outputs }, around, gelu: true);
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(
            team, new PlainRows(around, _spatial.Outputs, _spatial.Outputs), output.Positions, _contract, other, output.Channels, addends);
        return output;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _norm.Dispose();
        _expand.Dispose();
        _spatial.Dispose();
        _contract.Dispose();
        _shortcut?.Dispose();
    }

    private void Expand(ThreadTeam team, FeatureMap x, float* hidden, float* normed)
    {
        foreach (var block in new RowBlocks(team, x.Positions))
        {
            _norm.Compute(new(0, block.Count), x.First + block.First * x.Channels, normed);
            MatrixProduct<TSimd, TVector>.Compute(
                new(new(0, block.Count), new(0, _expand.Panels)), new PlainRows(normed, x.Channels, x.Channels), _expand,
                hidden + block.First * _expand.Outputs, _expand.Outputs, activation: FusedActivation.Gelu);
        }
    }
}
