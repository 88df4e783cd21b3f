namespace Clip.Runtime.Kernels.Float32;

/// <summary>The packed weights of a residual block of three convolutions.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class ResidualBlock<TSimd, TVector>(BottleneckWeights weights) : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly Convolution<TSimd, TVector> _reduce = new(weights.Reduce);
    private readonly Convolution<TSimd, TVector> _mix = new(weights.Mix);
    private readonly Convolution<TSimd, TVector> _expand = new(weights.Expand);
    private readonly Convolution<TSimd, TVector>? _shortcut = weights.Shortcut is null ? null : new(weights.Shortcut);
    private readonly bool _halves = weights.Stride == 2;

    /// <summary>Computes the block; every worker of the crew a share. What it computed can be read after a barrier.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="input">The block's input, whose memory may be overwritten.</param>
    /// <param name="free">Memory for three pictures of any size that occurs.</param>
    /// <returns>The output; in the memory of the input, or in the first of the free ones.</returns>
    public Picture Compute(Crew crew, Picture input, (nint First, nint Second, nint Third) free)
    {
        var reduced = _reduce.Compute(crew, input, (float*)free.Second, null, FusedActivation.Relu);
        crew.Barrier();
        var mixed = _mix.Compute(crew, reduced, (float*)free.Third, null, FusedActivation.Relu);
        crew.Barrier();
        if (_halves)
        {
            mixed = AveragePool<TSimd, TVector>.Halve(crew, mixed, (float*)free.Second);
            crew.Barrier();
        }

        var other = input;
        if (_shortcut is not null)
        {
            if (_halves)
            {
                input = AveragePool<TSimd, TVector>.Halve(crew, input, (float*)free.Third);
                crew.Barrier();
            }
            other = _shortcut.Compute(crew, input, (float*)free.First, null, null);
            crew.Barrier();
        }
        return _expand.Compute(crew, mixed, other.First, other.First, FusedActivation.Relu);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reduce.Dispose();
        _mix.Dispose();
        _expand.Dispose();
        _shortcut?.Dispose();
    }
}
