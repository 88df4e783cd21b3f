namespace Clip.Runtime.Kernels.Float32;

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
    private readonly PointConvolution<TSimd, TVector> _reduce = new(weights.Reduce);
    private readonly INeighbourConvolution _mix = NeighbourConvolution<TSimd, TVector>.Fastest(weights.Mix, height, width);
    private readonly PointConvolution<TSimd, TVector> _expand = new(weights.Expand);
    private readonly PointConvolution<TSimd, TVector>? _shortcut = weights.Shortcut is null ? null : new(weights.Shortcut);

    /// <summary>Whether the output has half the rows and columns.</summary>
    public bool Halves { get; } = weights.Stride == 2;

    /// <summary>Numbers of scratch memory that a crew needs for an input.</summary>
    public nint ScratchLength(nint height, nint width, int workers) => _mix.ScratchLength(height, width, workers);

    /// <summary>Computes the block; every worker of the crew a share. What it computed can be read after a barrier.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="input">The block's input, whose memory may be overwritten.</param>
    /// <param name="free">Memory for three pictures of any size that occurs.</param>
    /// <param name="scratch">The crew's scratch memory.</param>
    /// <returns>The output; in the memory of the input, or in the first of the free ones.</returns>
    public Picture Compute(Crew crew, Picture input, (nint First, nint Second, nint Third) free, float* scratch)
    {
        var reduced = _reduce.Compute(crew, input, (float*)free.Second, null, FusedActivation.Relu);
        crew.Barrier();
        var mixed = _mix.Compute(crew, reduced, (float*)free.Third, scratch);
        crew.Barrier();
        if (Halves)
        {
            mixed = AveragePool<TSimd, TVector>.Halve(crew, mixed, (float*)free.Second);
            crew.Barrier();
        }

        var other = input;
        if (_shortcut is not null)
        {
            if (Halves)
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
