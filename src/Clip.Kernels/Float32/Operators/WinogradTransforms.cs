using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>The transforms of a Winograd convolution with 4 x 4 positions in and 2 x 2 results out.</summary>
/// <remarks>Source: Lavin and Gray 2015, section 4.1, where they are called G, Bᵀ and Aᵀ.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class WinogradTransforms<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Positions of a tile.</summary>
    public const int Positions = Side * Side;

    private const int Side = 4, Step = 2, ResultsPerTile = Step * Step;

    /// <summary>Weights [outputs, inputs, 3, 3] to [16, outputs, inputs]: G g Gᵀ, computed in float64.</summary>
    public static Tensor OfWeights(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var g = tensor(new[,] { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, -0.5, 0.5 }, { 0, 0, 1 } });
        var transformed = g.matmul(weight.to(ScalarType.Float64)).matmul(g.t());                     // [O, I, 4, 4]
        return transformed.to(ScalarType.Float32).flatten(2).permute(2, 0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Transforms tiles of an image: Bᵀ d B for every channel.</summary>
    /// <param name="image">The image.</param>
    /// <param name="tiles">Which of the block's tiles, counted like those of the image.</param>
    /// <param name="block">Where to write them.</param>
    /// <param name="zeros">What is seen beyond the image's border, as many zeros as it has channels.</param>
    public static void OfTiles(FeatureMap image, WorkRange tiles, in WinogradBlock block, float* zeros)
    {
        var pointers = stackalloc float*[Positions];
        var across = (int)(image.Width + 1) / Step;
        for (var tile = tiles.First; tile < tiles.End; tile++)
        {
            var (row, column) = Math.DivRem((int)tile, across);
            for (var i = 0; i < Positions; i++)
            {
                var (y, x) = (row * Step + i / Side - 1, column * Step + i % Side - 1);
                pointers[i] = (uint)y < (uint)image.Height && (uint)x < (uint)image.Width
                    ? image.First + ((nint)y * image.Width + x) * image.Channels
                    : zeros;
            }
            TransformTile(pointers, image.Channels, block.Inputs + (tile - block.Tiles.First) * image.Channels, block.InputStride);
        }
    }

    /// <summary>Transforms products back: max(0, Aᵀ m A + bias) for every channel.</summary>
    /// <param name="block">The products.</param>
    /// <param name="tiles">Which of the block's tiles, counted like those of the image.</param>
    /// <param name="image">Where to write the results.</param>
    /// <param name="bias">The bias of every channel.</param>
    public static void OfResults(in WinogradBlock block, WorkRange tiles, FeatureMap image, float* bias)
    {
        var pointers = stackalloc float*[ResultsPerTile];
        var across = (int)(image.Width + 1) / Step;
        for (var tile = tiles.First; tile < tiles.End; tile++)
        {
            var (row, column) = Math.DivRem((int)tile, across);
            for (var i = 0; i < ResultsPerTile; i++)
            {
                var (y, x) = (row * Step + i / Step, column * Step + i % Step);
                pointers[i] = y < image.Height && x < image.Width ? image.First + ((nint)y * image.Width + x) * image.Channels : null;
            }
            TransformResult(block.Results + (tile - block.Tiles.First) * image.Channels, block.ResultStride, image.Channels, bias, pointers);
        }
    }

    // The last vector may overlap the one before it: what is written twice is the same.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformTile(float** pointers, nint channels, float* output, nint stride)
    {
        var lanes = TSimd.Lanes;
        var columns = stackalloc float[Positions * lanes];
        for (nint channel = 0; channel < channels; channel += lanes)
        {
            channel = nint.Min(channel, channels - lanes);
            for (var x = 0; x < Side; x++)
            {
                var d0 = TSimd.Load(pointers[x] + channel);
                var d1 = TSimd.Load(pointers[Side + x] + channel);
                var d2 = TSimd.Load(pointers[2 * Side + x] + channel);
                var d3 = TSimd.Load(pointers[3 * Side + x] + channel);
                var column = columns + x * lanes;
                TSimd.Store(TSimd.Subtract(d0, d2), column);
                TSimd.Store(TSimd.Add(d1, d2), column + Side * lanes);
                TSimd.Store(TSimd.Subtract(d2, d1), column + 2 * Side * lanes);
                TSimd.Store(TSimd.Subtract(d1, d3), column + 3 * Side * lanes);
            }
            var target = output + channel;
            var row = columns;
            for (var y = 0; y < Side; y++, row += Side * lanes, target += Side * stride)
            {
                var d0 = TSimd.Load(row);
                var d1 = TSimd.Load(row + lanes);
                var d2 = TSimd.Load(row + 2 * lanes);
                var d3 = TSimd.Load(row + 3 * lanes);
                TSimd.Store(TSimd.Subtract(d0, d2), target);
                TSimd.Store(TSimd.Add(d1, d2), target + stride);
                TSimd.Store(TSimd.Subtract(d2, d1), target + 2 * stride);
                TSimd.Store(TSimd.Subtract(d1, d3), target + 3 * stride);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformResult(float* products, nint stride, nint channels, float* bias, float** pointers)
    {
        var lanes = TSimd.Lanes;
        var columns = stackalloc float[Step * Side * lanes];
        var zero = TSimd.Broadcast(0);
        for (nint channel = 0; channel < channels; channel += lanes)
        {
            channel = nint.Min(channel, channels - lanes);
            var source = products + channel;
            for (var x = 0; x < Side; x++, source += stride)
            {
                var m1 = TSimd.Load(source + Side * stride);
                var m2 = TSimd.Load(source + 2 * Side * stride);
                TSimd.Store(TSimd.Add(TSimd.Add(TSimd.Load(source), m1), m2), columns + x * lanes);
                TSimd.Store(TSimd.Subtract(TSimd.Subtract(m1, m2), TSimd.Load(source + 3 * Side * stride)), columns + (Side + x) * lanes);
            }
            var added = TSimd.Load(bias + channel);
            var row = columns;
            for (var y = 0; y < Step; y++, row += Side * lanes)
            {
                var m1 = TSimd.Load(row + lanes);
                var m2 = TSimd.Load(row + 2 * lanes);
                var left = TSimd.Add(TSimd.Add(TSimd.Add(TSimd.Load(row), m1), m2), added);
                var right = TSimd.Add(TSimd.Subtract(TSimd.Subtract(m1, m2), TSimd.Load(row + 3 * lanes)), added);
                if (pointers[y * Step] is not null)
                    TSimd.Store(TSimd.Max(zero, left), pointers[y * Step] + channel);
                if (pointers[y * Step + 1] is not null)
                    TSimd.Store(TSimd.Max(zero, right), pointers[y * Step + 1] + channel);
            }
        }
    }
}
