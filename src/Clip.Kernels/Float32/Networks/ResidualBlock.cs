using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>The packed weights of a residual block of three convolutions.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
/// <param name="weights">The weights.</param>
/// <param name="height">Rows of the block's input.</param>
/// <param name="width">Columns of the block's input.</param>
internal sealed unsafe class ResidualBlock<TSimd, TVector>(BottleneckWeights weights, nint height, nint width) : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PointwiseConvolution<TSimd, TVector> _conv1 = new(weights.Conv1);
    private readonly IConvolution3x3 _conv2 = Convolution3x3<TSimd, TVector>.Fastest(weights.Conv2, height, width);
    private readonly PointwiseConvolution<TSimd, TVector> _conv3 = new(weights.Conv3);
    private readonly PointwiseConvolution<TSimd, TVector>? _downsample = weights.Downsample is null ? null : new(weights.Downsample);

    /// <summary>Whether the output has half the rows and columns.</summary>
    public bool Halves { get; } = weights.Stride == 2;

    /// <summary>Elements of scratch memory that a team needs for an input.</summary>
    public nint ScratchLength(nint height, nint width, int threads) => _conv2.ScratchLength(height, width, threads);

    /// <summary>Computes the block; every thread of the team a share. What it computed can be read after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The block's input, whose memory may be overwritten.</param>
    /// <param name="free">Memory for three images of any size that occurs.</param>
    /// <param name="scratch">The team's scratch memory.</param>
    /// <returns>The output; in the memory of the input, or in the first of the free ones.</returns>
    public FeatureMap Compute(ThreadTeam team, FeatureMap input, (nint First, nint Second, nint Third) free, float* scratch)
    {
        var reduced = _conv1.Compute(team, input, (float*)free.Second, null, FusedActivation.Relu);
        team.Barrier();
        var mixed = _conv2.Compute(team, reduced, (float*)free.Third, scratch);
        team.Barrier();
        if (Halves)
        {
            mixed = AveragePool<TSimd, TVector>.Halve(team, mixed, (float*)free.Second);
            team.Barrier();
        }

        var other = input;
        if (_downsample is not null)
        {
            if (Halves)
            {
                input = AveragePool<TSimd, TVector>.Halve(team, input, (float*)free.Third);
                team.Barrier();
            }
            other = _downsample.Compute(team, input, (float*)free.First, null, null);
            team.Barrier();
        }
        return _conv3.Compute(team, mixed, other.First, other.First, FusedActivation.Relu);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _conv1.Dispose();
        _conv2.Dispose();
        _conv3.Dispose();
        _downsample?.Dispose();
    }
}
