using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A FastViT in float32.</summary>
/// <remarks>
/// Activations lie channels last; 1 x 1 convolutions are products of matrices. Results do not depend on the batch or the number of
/// threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class FastVit<TSimd, TVector> : IFastVitKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int PixelChannels = 3;

    private readonly PackedMatrix<TSimd, TVector> _stem;
    private readonly DepthwiseConvolution<TSimd, TVector> _stemSpatial;
    private readonly PackedMatrix<TSimd, TVector> _stemPointwise;
    private readonly List<FastVitStage<TSimd, TVector>> _stages = [];
    private readonly DepthwiseConvolution<TSimd, TVector> _final;
    private readonly SqueezeExcite<TSimd, TVector> _finalGate;
    private readonly Scratch _scratch = new();

    /// <summary>Packs the weights, block by block.</summary>
    public FastVit(FastVitWeights weights)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Debug.Assert(weights.Stem[0].Weight.shape is [_, PixelChannels, 3, 3] && weights.Stem[0].Stride == 2, "The stem sees 3 x 3 pixels.");
        _stem = PackedMatrix<TSimd, TVector>.Of(weights.Stem[0]);
        _stemSpatial = new(weights.Stem[1]);
        _stemPointwise = PackedMatrix<TSimd, TVector>.Of(weights.Stem[2]);
        LazyWeights.ForEach(weights.Stages, stage => _stages.Add(new(stage)));
        _final = new(weights.Final);
        _finalGate = new(weights.FinalGate, _final.Order);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor pixels)
    {
        Debug.Assert(pixels.shape[1] == PixelChannels, "Pixels have three channels.");
        var (height, width) = ((nint)pixels.shape[2], (nint)pixels.shape[3]);
        var need = Measure(height, width, out var positions);
        return ImagePasses.Map(
            _scratch, pixels, [positions, _final.Outputs], need.Length, (team, image, scratch, output) => Compute(team, image, height, width, need, scratch, output));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stem.Dispose();
        _stemSpatial.Dispose();
        _stemPointwise.Dispose();
        _stages.ForEach(stage => stage.Dispose());
        _final.Dispose();
        _finalGate.Dispose();
        _scratch.Dispose();
    }

    private ConvolutionMemory Measure(nint height, nint width, out nint positions)
    {
        var need = default(ConvolutionMemory).Hidden(PixelChannels * (height + 2) * (width + 2));
        (height, width) = ((height + 1) / 2, (width + 1) / 2);
        need = need.Image(height * width * _stem.Outputs);
        (height, width) = _stemSpatial.OutputSize(height, width);
        var channels = _stemPointwise.Outputs;
        foreach (var stage in _stages)
            need = stage.Measure(need, ref height, ref width, ref channels);
        positions = height * width;
        return need.Image(positions * _final.Outputs).Scratch(_finalGate.ScratchLength);
    }

    private void Compute(ThreadTeam team, float* pixels, nint height, nint width, ConvolutionMemory need, float* memory, float* output)
    {
        var first = memory;
        var second = first + need.Activations;
        var hidden = second + need.Activations;
        var scratch = hidden + need.HiddenActivations;

        var padded = PaddedPixels.Copy(team, pixels, PixelChannels, height, width, hidden);
        team.Barrier();
        (height, width) = ((height + 1) / 2, (width + 1) / 2);
        MatrixProduct<TSimd, TVector>.Compute(
            team, new StridedConvolution3x3Rows(padded), height * width, _stem, first, _stem.Outputs, activation: FusedActivation.Gelu);
        team.Barrier();
        var x = _stemSpatial.Compute(team, new((nint)first, height, width, _stem.Outputs), second, gelu: true);
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(
            team, new PlainRows(second, x.Channels, x.Channels), x.Positions, _stemPointwise, first, _stemPointwise.Outputs, activation: FusedActivation.Gelu);
        team.Barrier();
        x = x with { Address = (nint)first, Channels = _stemPointwise.Outputs };
        foreach (var stage in _stages)
            x = stage.Compute(team, x, x.First == first ? second : first, hidden, scratch);

        x = _final.Compute(team, x, x.First == first ? second : first);
        team.Barrier();
        _finalGate.Compute(team, x, scratch);
        team.Barrier();
        var rows = team.Share(x.Positions);
        for (var row = rows.First; row < rows.End; row++)
            Interleave(x.First + row * x.Channels, output + row * x.Channels);
        team.Barrier();
    }

    // From the order of the last convolution's outputs to that of its weights.
    private void Interleave(float* source, float* target)
    {
        var channels = _final.Outputs / _final.Multiplier;
        for (nint set = 0; set < _final.Multiplier; set++)
        {
            for (nint channel = 0; channel < channels; channel++)
                target[channel * _final.Multiplier + set] = source[set * channels + channel];
        }
    }
}
