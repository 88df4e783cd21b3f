using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A stage of a FastViT.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class FastVitStage<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly DepthwiseConvolution<TSimd, TVector>? _spatial;
    private readonly SqueezeExcite<TSimd, TVector>? _gate;
    private readonly PackedMatrix<TSimd, TVector>? _pointwise;
    private readonly DepthwiseConvolution<TSimd, TVector>? _positions;
    private readonly List<FastVitBlock<TSimd, TVector>> _blocks = [];

    /// <summary>Packs the weights, block by block.</summary>
    public FastVitStage(FastVitStageWeights weights)
    {
        if (weights.Downsample is { } downsample)
        {
            _spatial = new(downsample.Spatial);
            _gate = downsample.Gate is null ? null : new(downsample.Gate, _spatial.Order);
            _pointwise = new(downsample.Pointwise.Matrix.index_select(1, _spatial.Order), downsample.Pointwise.Bias);
        }
        _positions = weights.Positions is null ? null : new(weights.Positions);
        LazyWeights.ForEach(weights.Blocks, block => _blocks.Add(new(block)));
    }

    /// <summary>How much memory the stage takes for an image that comes in.</summary>
    /// <param name="need">What the stages before take.</param>
    /// <param name="height">Rows; those of the result afterwards.</param>
    /// <param name="width">Columns; those of the result afterwards.</param>
    /// <param name="channels">Channels; those of the result afterwards.</param>
    public ConvolutionMemory Measure(ConvolutionMemory need, ref nint height, ref nint width, ref nint channels)
    {
        if (_spatial is not null)
        {
            (height, width) = _spatial.OutputSize(height, width);
            need = need.Image(height * width * _spatial.Outputs).Scratch(_gate?.ScratchLength ?? 0);
            channels = _pointwise!.Outputs;
        }
        need = need.Image(height * width * channels);
        foreach (var block in _blocks)
            need = need.Hidden(height * width * block.Hidden(channels)).ThreadScratch(block.ScratchLength(height * width));
        return need;
    }

    /// <summary>Computes the stage; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="x">The image.</param>
    /// <param name="other">Memory of its size.</param>
    /// <param name="hidden">Memory for hidden layers.</param>
    /// <param name="scratch">Scratch memory.</param>
    /// <returns>The result, in the image's memory or in <paramref name="other"/>.</returns>
    public FeatureMap Compute(ThreadTeam team, FeatureMap x, float* other, float* hidden, float* scratch)
    {
        if (_spatial is not null)
        {
            var first = x.First;
            var spatial = _spatial.Compute(team, x, other, gelu: _gate is null);
            team.Barrier();
            if (_gate is not null)
            {
                _gate.Compute(team, spatial, scratch);
                team.Barrier();
            }
            MatrixProduct<TSimd, TVector>.Compute(
                team, new PlainRows(spatial.First, spatial.Channels, spatial.Channels), spatial.Positions, _pointwise!, first, _pointwise!.Outputs,
                activation: FusedActivation.Gelu);
            team.Barrier();
            x = spatial with { Address = (nint)first, Channels = _pointwise.Outputs };
        }
        if (_positions is not null)
        {
            var free = x.First;
            x = _positions.Compute(team, x, other);
            other = free;
            team.Barrier();
        }
        foreach (var block in _blocks)
        {
            block.Compute(team, x, other, hidden, scratch);
            team.Barrier();
        }
        return x;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spatial?.Dispose();
        _gate?.Dispose();
        _pointwise?.Dispose();
        _positions?.Dispose();
        _blocks.ForEach(block => block.Dispose());
    }
}
