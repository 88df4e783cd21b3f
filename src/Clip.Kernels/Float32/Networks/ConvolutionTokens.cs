using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Convolutions that make tokens of images, in float32.</summary>
/// <remarks>
/// Activations lie channels last; 1 x 1 convolutions are products of matrices. Results do not depend on the batch or the number of
/// threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class ConvolutionTokens<TSimd, TVector> : IConvolutionTokensKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int PixelChannels = 3;

    private readonly PackedMatrix<TSimd, TVector> _first;
    private readonly LayerNorm<TSimd, TVector> _firstNorm;
    private readonly PackedMatrix<TSimd, TVector> _second;
    private readonly NativeFloats _zeros;
    private readonly List<InvertedBottleneck<TSimd, TVector>> _blocks = [];
    private readonly LayerNorm<TSimd, TVector> _lastNorm;
    private readonly PackedMatrix<TSimd, TVector> _last;
    private readonly NativeFloats? _positions;
    private readonly Scratch _scratch = new();

    /// <summary>Packs the weights, block by block.</summary>
    public ConvolutionTokens(ConvolutionTokensWeights weights)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Debug.Assert(weights.First.Weight.shape is [_, PixelChannels, 3, 3] && weights.First.Stride == 2, "The first convolution sees 3 x 3 pixels.");
        Debug.Assert(weights.Second is { Weight.shape: [_, _, 3, 3], Stride: 1 } && weights.Last is { Weight.shape: [_, _, 3, 3], Stride: 2 }, "3 x 3 positions.");
        _first = PackedMatrix<TSimd, TVector>.Of(weights.First);
        _firstNorm = new(weights.FirstNorm, weights.NormEpsilon);
        _second = PackedMatrix<TSimd, TVector>.Of(weights.Second);
        _zeros = new NativeFloats(_first.Outputs);
        LazyWeights.ForEach(weights.Blocks, block => _blocks.Add(new(block, weights.NormEpsilon)));
        _lastNorm = new(weights.LastNorm, weights.NormEpsilon);
        _last = PackedMatrix<TSimd, TVector>.Of(weights.Last);
        _positions = weights.Positions is null ? null : NativeFloats.Copy(weights.Positions);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor pixels)
    {
        Debug.Assert(pixels.shape[1] == PixelChannels, "Pixels have three channels.");
        var (height, width) = ((nint)pixels.shape[2], (nint)pixels.shape[3]);
        var need = Measure(height, width, out var tokens);
        Debug.Assert(_positions is null || _positions.Length == tokens * _last.Outputs, "There is a position for each token.");
        return ImagePasses.Map(
            _scratch, pixels, [tokens, _last.Outputs], need.Length, (team, image, scratch, output) => Compute(team, image, height, width, need, scratch, output));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _firstNorm.Dispose();
        _second.Dispose();
        _zeros.Dispose();
        _blocks.ForEach(block => block.Dispose());
        _lastNorm.Dispose();
        _last.Dispose();
        _positions?.Dispose();
        _scratch.Dispose();
    }

    private ConvolutionMemory Measure(nint height, nint width, out nint tokens)
    {
        var need = default(ConvolutionMemory).Hidden(PixelChannels * (height + 2) * (width + 2));
        (height, width) = ((height + 1) / 2, (width + 1) / 2);
        need = need.Image(height * width * _first.Outputs);
        var channels = _second.Outputs;
        foreach (var block in _blocks)
            need = block.Measure(need, ref height, ref width, ref channels);
        tokens = (height + 1) / 2 * ((width + 1) / 2);
        return need.Hidden((height + 2) * (width + 2) * channels);
    }

    private void Compute(ThreadTeam team, float* pixels, nint height, nint width, ConvolutionMemory need, float* memory, float* output)
    {
        var first = memory;
        var second = first + need.Activations;
        var hidden = second + need.Activations;
        var scratch = hidden + need.HiddenActivations + team.Rank * need.PerThread;

        var padded = PaddedPixels.Copy(team, pixels, PixelChannels, height, width, hidden);
        team.Barrier();
        var x = new FeatureMap((nint)second, (height + 1) / 2, (width + 1) / 2, _second.Outputs);
        MatrixProduct<TSimd, TVector>.Compute(team, new StridedConvolution3x3Rows(padded), x.Positions, _first, first, _first.Outputs);
        team.Barrier();
        NormAndActivate(team.Share(x.Positions), first);
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(
            team, new Convolution3x3Rows(x with { Address = (nint)first, Channels = _first.Outputs }, _zeros.Pointer), x.Positions, _second, second, _second.Outputs);
        team.Barrier();
        foreach (var block in _blocks)
        {
            x = block.Compute(team, x, x.First == first ? second : first, hidden, scratch);
            team.Barrier();
        }
        var normed = NormAndPad(team, x, hidden);
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(
            team, new StridedConvolution3x3Rows(normed), (x.Height + 1) / 2 * ((x.Width + 1) / 2), _last, output, _last.Outputs,
            _positions is null ? null : _positions.Pointer);
        team.Barrier();
    }

    private void NormAndActivate(WorkRange rows, float* x)
    {
        for (var row = rows.First; row < rows.End; row++)
        {
            _firstNorm.Compute(new(row, row + 1), x, x);
            Elementwise<TSimd, TVector>.Gelu(x + row * _first.Outputs, _first.Outputs);
        }
    }

    // The image with a border of zeros one position wide.
    private FeatureMap NormAndPad(ThreadTeam team, FeatureMap x, float* output)
    {
        var padded = new FeatureMap((nint)output, x.Height + 2, x.Width + 2, x.Channels);
        var line = padded.Width * x.Channels;
        var rows = team.Share(padded.Height);
        for (var y = rows.First; y < rows.End; y++)
        {
            new Span<float>(output + y * line, (int)line).Clear();
            if (y > 0 && y < padded.Height - 1)
                _lastNorm.Compute(new(0, x.Width), x.First + (y - 1) * x.Width * x.Channels, output + y * line + x.Channels);
        }
        return padded;
    }
}
