using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A block of a FastViT.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class FastVitBlock<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly DepthwiseConvolution<TSimd, TVector>? _mixer;
    private readonly GridAttention<TSimd, TVector>? _attention;
    private readonly ConvolutionMlp<TSimd, TVector> _mlp;

    /// <summary>Packs the weights.</summary>
    public FastVitBlock(FastVitBlockWeights weights)
    {
        _mixer = weights.Mixer is null ? null : new(weights.Mixer);
        _attention = weights.Attention is null ? null : new(weights.Attention);
        _mlp = new(weights.Mlp);
    }

    /// <summary>Channels of what lies between two layers.</summary>
    /// <param name="channels">Channels of the block.</param>
    public nint Hidden(nint channels) => nint.Max(_mlp.Hidden, _attention is null ? 0 : 3 * channels);

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public nint ScratchLength(nint positions) => _attention?.ScratchLength(positions) ?? 0;

    /// <summary>Computes the block; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image; its memory holds the result afterwards.</param>
    /// <param name="other">Memory of the image's size.</param>
    /// <param name="hidden">Memory for <see cref="Hidden"/> channels of the image.</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, FeatureMap input, float* other, float* hidden, float* scratch)
    {
        if (_mixer is not null)
        {
            var mixed = _mixer.Compute(team, input, other);
            team.Barrier();
            _mlp.Compute(team, mixed, input.First, hidden, input.First);
            return;
        }
        _attention!.Compute(team, input, other, hidden, scratch);
        team.Barrier();
        _mlp.Compute(team, input, other, hidden, input.First);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mixer?.Dispose();
        _attention?.Dispose();
        _mlp.Dispose();
    }
}
