using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Tokens of an image's patches in float32.</summary>
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
    private readonly int _channels;
    private readonly int _patch;

    /// <summary>Copies the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="format">What those of the convolution are rounded to.</param>
    public PatchEmbedding(PatchWeights weights, WeightFormat format = WeightFormat.Float32)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        (_channels, _patch) = ((int)weights.Weight.shape[1], (int)weights.Weight.shape[3]);
        _weights = new(weights.Weight.flatten(1), weights.Bias, format);
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
        var (images, width) = ((nint)input.shape[0], _weights.Outputs);
        var length = (nint)_positions.Length / width;
        var tokens = empty([images, length, width], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(tokens);
        var (rows, columns) = ((nint)input.shape[2], (nint)input.shape[3]);
        Debug.Assert(input.shape[1] == _channels, "Pixels have as many channels as the patches.");
        Debug.Assert(rows / _patch * (columns / _patch) + (_classToken is null ? 0 : 1) == length, "There are as many patches as positions for them.");
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)images * length * width * _weights.Inputs), team =>
        {
            // Few images: all threads share each.
            var together = images < team.Size;
            var own = together ? new(0, images) : team.Share(images);
            for (var image = own.First; image < own.End; image++)
                Embed(together ? team : ThreadTeam.Alone, source + image * _channels * rows * columns, rows, columns, target + image * length * width);
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

    private void Embed(ThreadTeam team, float* pixels, nint height, nint width, float* tokens)
    {
        var channels = _weights.Outputs;
        var length = (nint)_positions.Length / channels;
        var first = _classToken is null ? 0 : channels;
        var patches = new PatchRows(pixels, _channels, height, width, _patch);
        MatrixProduct<TSimd, TVector>.Compute(
            team, patches, length - first / channels, _weights, tokens + first, channels, addends: _positions.Pointer + first);
        if (_classToken is not null && team.Rank == 0)
        {
            for (nint i = 0; i < channels; i++)
                tokens[i] = _classToken.Pointer[i] + _positions.Pointer[i];
        }
        if (_norm is null)
            return;
        team.Barrier();
        _norm.Compute(team.Share(length), tokens, tokens);
    }
}
