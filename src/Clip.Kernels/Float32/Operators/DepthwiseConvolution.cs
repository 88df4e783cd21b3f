using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>A convolution in which each channel sees itself alone, and may have several outputs.</summary>
/// <remarks>
/// Activations lie channels last. Of several outputs of a channel, the first ones of all channels lie together, then the second ones, and so
/// on: <see cref="Order"/> says which is which. Eight positions of some channels are summed in registers; where they reach over the border
/// of the image, they read a copy with zeros around it. Results do not depend on the number of threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class DepthwiseConvolution<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Tile = 8;

    // About 20 microseconds.
    private const nint WorthTaking = 300_000;

    private readonly NativeFloats _weights;
    private readonly NativeFloats _bias;
    private readonly nint _channels;
    private readonly int _height;
    private readonly int _width;
    private readonly int _stride;

    /// <summary>Packs the weights.</summary>
    public DepthwiseConvolution(FoldedConvolution convolution)
    {
        var shape = convolution.Weight.shape;
        Debug.Assert(shape[1] == 1 && shape[0] % convolution.Groups == 0, "Each channel sees itself alone.");
        Debug.Assert(shape[2] % 2 == 1 && shape[3] % 2 == 1, "The kernel has a middle.");
        _channels = (nint)convolution.Groups;
        (_height, _width, _stride) = ((int)shape[2], (int)shape[3], (int)convolution.Stride);
        Multiplier = (int)(shape[0] / convolution.Groups);

        // [outputs per channel, vectors of channels, positions of the kernel, lanes]
        var vectors = (convolution.Groups + TSimd.Lanes - 1) / TSimd.Lanes;
        var order = Order;
        var weight = convolution.Weight.to(ScalarType.Float32).index_select(0, order).view(Multiplier, _channels, _height * _width);
        var padded = zeros([Multiplier, vectors * TSimd.Lanes, _height * _width], ScalarType.Float32);
        padded.narrow(1, 0, _channels).copy_(weight);
        _weights = NativeFloats.Copy(padded.view(Multiplier, vectors, TSimd.Lanes, _height * _width).transpose(2, 3));
        var bias = zeros([Multiplier, vectors * TSimd.Lanes], ScalarType.Float32);
        bias.narrow(1, 0, _channels).copy_(convolution.Bias.to(ScalarType.Float32).index_select(0, order).view(Multiplier, _channels));
        _bias = NativeFloats.Copy(bias);
    }

    /// <summary>Outputs of each channel.</summary>
    public int Multiplier { get; }

    /// <summary>All outputs.</summary>
    public nint Outputs => _channels * Multiplier;

    /// <summary>Which output of the weights each output is, int64 [outputs].</summary>
    public Tensor Order => arange(Outputs, ScalarType.Int64).view(_channels, Multiplier).t().flatten();

    /// <summary>Height and width of the result.</summary>
    public (nint Height, nint Width) OutputSize(nint height, nint width) => ((height + _stride - 1) / _stride, (width + _stride - 1) / _stride);

    /// <summary>Convolves an image; the results of the others are there after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image.</param>
    /// <param name="output">Where to write the result.</param>
    /// <param name="gelu">Whether GELU follows.</param>
    [SkipLocalsInit]
    public FeatureMap Compute(ThreadTeam team, FeatureMap input, float* output, bool gelu = false)
    {
        Debug.Assert(input.Channels == _channels, "The image has the channels of the weights.");
        var (height, width) = OutputSize(input.Height, input.Width);
        var result = new FeatureMap((nint)output, height, width, Outputs);
        var patch = stackalloc float[_height * PatchWidth * TSimd.Lanes];
        foreach (var rows in team.Chunks(height, WorthTaking / nint.Max(1, width * Outputs * _height * _width) + 1))
        {
            for (var y = rows.First; y < rows.End; y++)
            {
                ComputeRow(input, result, y, patch);
                if (gelu)
                    Elementwise<TSimd, TVector>.Gelu(result.First + y * width * Outputs, width * Outputs);
            }
        }
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }

    // Positions that a tile sees.
    private int PatchWidth => (Tile - 1) * _stride + _width;

    private void ComputeRow(FeatureMap input, FeatureMap output, nint y, float* patch)
    {
        var top = y * _stride - _height / 2;
        var (firstRow, endRow) = (nint.Max(0, -top), nint.Min(_height, input.Height - top));
        var taps = (nint)_height * _width * TSimd.Lanes;
        var vectors = (_channels + TSimd.Lanes - 1) / TSimd.Lanes;
        var line = input.Width * _channels;
        var weights = _weights.Pointer;
        var biases = _bias.Pointer;
        for (nint set = 0; set < Multiplier; set++)
        {
            for (nint vector = 0; vector < vectors; vector++, weights += taps, biases += TSimd.Lanes)
            {
                var channel = vector * TSimd.Lanes;
                var lanes = (int)nint.Min(TSimd.Lanes, _channels - channel);
                var target = output.First + y * output.Width * Outputs + set * _channels + channel;
                var source = input.First + (top + firstRow) * line + channel;
                var weight = weights + firstRow * _width * TSimd.Lanes;
                for (nint x = 0; x < output.Width; x += Tile)
                {
                    // A last tile that does not fit begins earlier and computes some positions again.
                    var first = nint.Max(0, nint.Min(x, output.Width - Tile));
                    var left = first * _stride - _width / 2;
                    if (lanes == TSimd.Lanes && output.Width >= Tile && left >= 0 && left + PatchWidth <= input.Width)
                    {
                        Sum(
                            source + left * _channels, _channels, line, endRow - firstRow, _width, _stride, weight, biases,
                            target + first * Outputs, Outputs, Tile, lanes);
                        continue;
                    }
                    FillPatch(source, line, endRow - firstRow, left, input.Width, lanes, patch);
                    Sum(
                        patch, TSimd.Lanes, PatchWidth * TSimd.Lanes, endRow - firstRow, _width, _stride, weight, biases,
                        target + first * Outputs, Outputs, (int)nint.Min(Tile, output.Width), lanes);
                }
            }
        }
    }

    // Some rows of the image around a tile, with zeros outside of the image and beyond its channels.
    private void FillPatch(float* source, nint line, nint rows, nint left, nint width, int lanes, float* patch)
    {
        for (nint row = 0; row < rows; row++, source += line)
        {
            for (nint i = 0; i < PatchWidth; i++, patch += TSimd.Lanes)
            {
                var x = left + i;
                var isInside = x >= 0 && x < width;
                if (isInside && lanes == TSimd.Lanes)
                {
                    TSimd.Store(TSimd.Load(source + x * _channels), patch);
                    continue;
                }
                TSimd.Store(default, patch);
                if (isInside)
                    new Span<float>(source + x * _channels, lanes).CopyTo(new Span<float>(patch, lanes));
            }
        }
    }

    // Eight positions side by side.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(
        float* source, nint step, nint line, nint height, nint width, nint stride, float* weights, float* bias,
        float* output, nint outputStep, int count, int lanes)
    {
        var s0 = TSimd.Load(bias);
        var (s1, s2, s3, s4, s5, s6, s7) = (s0, s0, s0, s0, s0, s0, s0);
        var one = stride * step;
        var three = 3 * one;
        for (nint y = 0; y < height; y++, source += line)
        {
            var left = source;
            for (nint x = 0; x < width; x++, left += step, weights += TSimd.Lanes)
            {
                var weight = TSimd.Load(weights);
                var right = left + 4 * one;
                s0 = TSimd.MultiplyAdd(TSimd.Load(left), weight, s0);
                s1 = TSimd.MultiplyAdd(TSimd.Load(left + one), weight, s1);
                s2 = TSimd.MultiplyAdd(TSimd.Load(left + 2 * one), weight, s2);
                s3 = TSimd.MultiplyAdd(TSimd.Load(left + three), weight, s3);
                s4 = TSimd.MultiplyAdd(TSimd.Load(right), weight, s4);
                s5 = TSimd.MultiplyAdd(TSimd.Load(right + one), weight, s5);
                s6 = TSimd.MultiplyAdd(TSimd.Load(right + 2 * one), weight, s6);
                s7 = TSimd.MultiplyAdd(TSimd.Load(right + three), weight, s7);
            }
        }
        if (count == Tile && lanes == TSimd.Lanes)
        {
            TSimd.Store(s0, output);
            TSimd.Store(s1, output + outputStep);
            TSimd.Store(s2, output + 2 * outputStep);
            TSimd.Store(s3, output + 3 * outputStep);
            TSimd.Store(s4, output + 4 * outputStep);
            TSimd.Store(s5, output + 5 * outputStep);
            TSimd.Store(s6, output + 6 * outputStep);
            TSimd.Store(s7, output + 7 * outputStep);
            return;
        }
        var tile = stackalloc float[Tile * TSimd.Lanes];
        TSimd.Store(s0, tile);
        TSimd.Store(s1, tile + TSimd.Lanes);
        TSimd.Store(s2, tile + 2 * TSimd.Lanes);
        TSimd.Store(s3, tile + 3 * TSimd.Lanes);
        TSimd.Store(s4, tile + 4 * TSimd.Lanes);
        TSimd.Store(s5, tile + 5 * TSimd.Lanes);
        TSimd.Store(s6, tile + 6 * TSimd.Lanes);
        TSimd.Store(s7, tile + 7 * TSimd.Lanes);
        RowCopy.Copy(tile, TSimd.Lanes, output, outputStep, count, lanes);
    }
}
