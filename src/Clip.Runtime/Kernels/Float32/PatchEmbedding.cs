namespace Clip.Runtime.Kernels.Float32;

/// <summary>Tokens of a picture's patches in float32.</summary>
/// <remarks>Source: Dosovitskiy et al. 2020, section 3.1.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PatchEmbedding<TSimd, TVector> : IPatchKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;
    private readonly NativeFloats? _classToken;
    private readonly NativeFloats _positions;
    private readonly LayerNorm<TSimd, TVector>? _norm;
    private readonly int _patch;

    /// <summary>Copies the weights.</summary>
    public PatchEmbedding(PatchWeights weights)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _patch = (int)weights.Weight.shape[3];
        _weights = new(weights.Weight.flatten(1), weights.Bias);
        _classToken = weights.ClassToken is null ? null : NativeFloats.Copy(weights.ClassToken);
        _positions = NativeFloats.Copy(weights.Positions);
        _norm = weights.Norm is { } affine ? new(affine, weights.Epsilon) : null;
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor pixels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = pixels.to(ScalarType.Float32).contiguous();
        var (pictures, width) = ((nint)input.shape[0], _weights.Outputs);
        var length = (nint)_positions.Length / width;
        var tokens = empty([pictures, length, width], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(tokens);
        var (rows, columns) = ((nint)input.shape[2], (nint)input.shape[3]);
        WorkerTeam.Shared.Run(WorkerTeam.SizeFor((double)pictures * length * width * _weights.Inputs), crew =>
        {
            // Few pictures: all workers share each.
            var together = pictures < crew.Size;
            var own = together ? new(0, pictures) : crew.Share(pictures);
            for (var picture = own.First; picture < own.End; picture++)
                Embed(together ? crew : Crew.Alone, source + picture * 3 * rows * columns, rows, columns, target + picture * length * width);
        });
        return tokens.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _classToken?.Dispose();
        _positions.Dispose();
        _norm?.Dispose();
    }

    private void Embed(Crew crew, float* pixels, nint height, nint width, float* tokens)
    {
        var channels = _weights.Outputs;
        var length = (nint)_positions.Length / channels;
        var first = _classToken is null ? 0 : channels;
        var patches = new PatchRows(pixels, height, width, _patch);
        MatrixProduct<TSimd, TVector>.Compute(
            crew, patches, length - first / channels, _weights, tokens + first, channels, addends: _positions.Pointer + first);
        if (_classToken is not null && crew.Rank == 0)
        {
            for (nint i = 0; i < channels; i++)
                tokens[i] = _classToken.Pointer[i] + _positions.Pointer[i];
        }
        if (_norm is null)
            return;
        crew.Barrier();
        _norm.Compute(crew.Share(length), tokens, tokens);
    }
}
