using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Kernels.Float32.Operators;

/// <summary>A convolution in which each channel sees itself alone, and may have several outputs.</summary>
/// <remarks>
/// Activations lie channels last. Of several outputs of a channel, the first ones of all channels lie together, then the second ones, and so
/// on: <see cref="Order"/> says which is which. Eight positions of a vector of channels are summed in registers. They read a copy of the few rows
/// they see, dense and with zeros around the image: in the image itself neighbors lie so far apart that many share a set of the first cache.
/// Results do not depend on the number of threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class DepthwiseConvolution<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Tile = 8;

    // Positions of a copied row: with 7 x 7 taps all of a copy's rows fit the first cache.
    private const int CopiedPositions = 64;

    // Rows of the result for which a thread copies rows: the more, the fewer are copied twice. Their channels pass one vector after the other, so
    // that what all of them read is to stay in the second cache.
    private const int LeastStripRows = 4, MostStripRows = 16;
    private const nint StripInputs = 128 * 1024;

    // Elements.
    private const int CacheLine = 16;

    // About 3 microseconds: small maps are cut into few units, and larger chunks of these would leave one thread with more than another.
    private const nint WorthTaking = 75_000;

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
        Debug.Assert(convolution.Stride is 1 or 2, "There are tiles for strides of 1 and 2.");
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
    public Tensor Order => TensorArithmetic.Range(Outputs, ScalarType.Int64).view(_channels, Multiplier).t().flatten();

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
        var cut = new Cut(this, width);
        var memory = stackalloc float[(int)(_height * cut.PatchWidth) * TSimd.Lanes + CacheLine];
        var patch = (float*)(((nint)memory + CacheLine * sizeof(float) - 1) / (CacheLine * sizeof(float)) * (CacheLine * sizeof(float)));

        var vectors = (_channels + TSimd.Lanes - 1) / TSimd.Lanes;
        var strips = Strips(input, height);
        var multiplications = height * width * Outputs * _height * _width / (strips * cut.Parts * vectors);
        foreach (var units in team.Chunks(strips * cut.Parts * vectors, WorthTaking / nint.Max(1, multiplications)))
        {
            for (var unit = units.First; unit < units.End; unit++)
            {
                var (strip, part) = (unit / vectors / cut.Parts, unit / vectors % cut.Parts);
                ComputeStrip(
                    input, result, unit % vectors, WorkRange.Share(height, (int)strip, (int)strips), WorkRange.Share(width, (int)part, (int)cut.Parts),
                    patch, cut.PatchWidth, gelu);
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

    private nint Strips(FeatureMap input, nint height)
    {
        var rows = (StripInputs / nint.Max(1, input.Width * _channels) - _height) / _stride + 1;
        rows = nint.Clamp(rows, LeastStripRows, MostStripRows);
        return (height + rows - 1) / rows;
    }

    // One vector of channels, and some rows and columns of the result. The rows that a row of it sees lie in a ring, from which none is read twice.
    private void ComputeStrip(FeatureMap input, FeatureMap output, nint vector, WorkRange rows, WorkRange columns, float* ring, nint patchWidth, bool gelu)
    {
        var channel = vector * TSimd.Lanes;
        var lanes = (int)nint.Min(TSimd.Lanes, _channels - channel);
        var vectors = (_channels + TSimd.Lanes - 1) / TSimd.Lanes;
        var line = patchWidth * TSimd.Lanes;
        var taps = (nint)_height * _width * TSimd.Lanes;
        var left = columns.First * _stride - _width / 2;
        var filled = nint.Max(0, rows.First * _stride - _height / 2);
        for (var y = rows.First; y < rows.End; y++)
        {
            var top = y * _stride - _height / 2;
            var (first, end) = (nint.Max(0, top), nint.Min(input.Height, top + _height));
            for (filled = nint.Max(filled, first); filled < end; filled++)
                FillLine(input.First + filled * input.Width * _channels + channel, left, input.Width, lanes, ring + filled % _height * line, patchWidth);
            for (nint set = 0; set < Multiplier; set++)
            {
                var target = output.First + (y * output.Width + columns.First) * Outputs + set * _channels + channel;
                var pack = set * vectors + vector;
                var weights = _weights.Pointer + pack * taps + (first - top) * _width * TSimd.Lanes;
                ComputeRow(ring, line, first, end - first, weights, _bias.Pointer + pack * TSimd.Lanes, target, columns.Count, lanes);
                if (gelu)
                    Gelu(target, Outputs, columns.Count, lanes);
            }
        }
    }

    // A row of the image with zeros outside of the image and beyond its channels.
    private void FillLine(float* source, nint left, nint width, int lanes, float* target, nint count)
    {
        var (first, end) = (nint.Clamp(-left, 0, count), nint.Clamp(width - left, 0, count));
        new Span<float>(target, (int)(first * TSimd.Lanes)).Clear();
        new Span<float>(target + end * TSimd.Lanes, (int)((count - end) * TSimd.Lanes)).Clear();
        source += left * _channels;
        if (lanes == TSimd.Lanes)
        {
            for (var x = first; x < end; x++)
                TSimd.Store(TSimd.Load(source + x * _channels), target + x * TSimd.Lanes);
            return;
        }
        for (var x = first; x < end; x++)
        {
            TSimd.Store(default, target + x * TSimd.Lanes);
            new Span<float>(source + x * _channels, lanes).CopyTo(new Span<float>(target + x * TSimd.Lanes, lanes));
        }
    }

    // A row of the result. A last tile that does not fit begins earlier and computes some positions again.
    private void ComputeRow(float* ring, nint line, nint firstLine, nint height, float* weights, float* bias, float* output, nint count, int lanes)
    {
        for (nint x = 0; x < count; x += Tile)
        {
            var first = nint.Max(0, nint.Min(x, count - Tile));
            var source = ring + first * _stride * TSimd.Lanes;
            var tile = output + first * Outputs;
            var positions = (int)nint.Min(Tile, count);
            if (_stride == 1)
                Sum<One>(source, line, firstLine % _height, _height, height, _width, weights, bias, tile, Outputs, positions, lanes);
            else
                Sum<Two>(source, line, firstLine % _height, _height, height, _width, weights, bias, tile, Outputs, positions, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gelu(float* output, nint step, nint positions, int lanes)
    {
        for (nint x = 0; x < positions; x++, output += step)
        {
            if (lanes == TSimd.Lanes)
                TSimd.Store(SimdMath<TSimd, TVector>.Gelu(TSimd.Load(output)), output);
            else
                Elementwise<TSimd, TVector>.Gelu(output, lanes);
        }
    }

    // Eight positions side by side.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TStride>(
        float* ring, nint line, nint slot, nint slots, nint height, nint width, float* weights, float* bias,
        float* output, nint outputStep, int count, int lanes)
        where TStride : struct, IStride
    {
        var s0 = TSimd.Load(bias);
        var (s1, s2, s3, s4, s5, s6, s7) = (s0, s0, s0, s0, s0, s0, s0);
        var one = TStride.Value * TSimd.Lanes;
        for (nint y = 0; y < height; y++)
        {
            var left = ring + slot * line;
            slot = slot + 1 == slots ? 0 : slot + 1;
            for (nint x = 0; x < width; x++, left += TSimd.Lanes, weights += TSimd.Lanes)
            {
                var weight = TSimd.Load(weights);
                s0 = TSimd.MultiplyAdd(TSimd.Load(left), weight, s0);
                s1 = TSimd.MultiplyAdd(TSimd.Load(left + one), weight, s1);
                s2 = TSimd.MultiplyAdd(TSimd.Load(left + 2 * one), weight, s2);
                s3 = TSimd.MultiplyAdd(TSimd.Load(left + 3 * one), weight, s3);
                s4 = TSimd.MultiplyAdd(TSimd.Load(left + 4 * one), weight, s4);
                s5 = TSimd.MultiplyAdd(TSimd.Load(left + 5 * one), weight, s5);
                s6 = TSimd.MultiplyAdd(TSimd.Load(left + 6 * one), weight, s6);
                s7 = TSimd.MultiplyAdd(TSimd.Load(left + 7 * one), weight, s7);
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

    private interface IStride
    {
        static abstract int Value { get; }
    }

    private readonly struct One : IStride
    {
        public static int Value => 1;
    }

    private readonly struct Two : IStride
    {
        public static int Value => 2;
    }

    /// <summary>How a row of the result is cut into parts, so that copies stay small.</summary>
    private readonly struct Cut
    {
        public Cut(DepthwiseConvolution<TSimd, TVector> convolution, nint width)
        {
            var most = CopiedPositions / convolution._stride;
            Parts = (width + most - 1) / most;
            // Of the widest part; a tile is summed whole also where it has fewer positions.
            var positions = nint.Max(Tile, (width + Parts - 1) / Parts);
            PatchWidth = (positions - 1) * convolution._stride + convolution._width;
        }

        public nint Parts { get; }

        public nint PatchWidth { get; }
    }
}
