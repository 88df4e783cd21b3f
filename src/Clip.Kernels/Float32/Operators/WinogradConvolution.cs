using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>A 3 x 3 convolution with 16 multiplications for every 2 x 2 results and pair of channels, in place of 36.</summary>
/// <remarks>
/// <para>
/// The image is cut into tiles of 4 x 4 positions that overlap by two. Tiles and weights are transformed so that the convolution becomes a
/// product for each of 16 positions; summed over the channels, these are transformed back into 2 x 2 results.
/// </para>
/// <para>Source: Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks", section 4.1, F(2 x 2, 3 x 3).</para>
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class WinogradConvolution<TSimd, TVector> : IConvolution3x3
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Positions = WinogradTransforms<TSimd, TVector>.Positions;

    // Tiles that a thread takes through all three steps at a time, or nearly twice as many: what it holds of them stays in the second cache.
    private const int TilesPerBlock = 48;

    // Weights are nearly twice as large in transformed form; with fewer positions, reading them costs more than it saves.
    private const int LeastPositions = 100;

    private readonly PackedMatrix<TSimd, TVector>[] _weights;
    private readonly NativeFloats _bias;
    private readonly NativeFloats _zeros;
    private readonly nint _inputs;

    /// <summary>Folds the norm into the weights, transforms and packs them.</summary>
    public WinogradConvolution(NormedConvolution convolution)
    {
        var (weight, bias) = convolution.Fold();
        var transformed = WinogradTransforms<TSimd, TVector>.OfWeights(weight);
        _weights = [.. Enumerable.Range(0, Positions).Select(position => new PackedMatrix<TSimd, TVector>(transformed[position], null))];
        _bias = NativeFloats.Copy(bias);
        _inputs = (nint)weight.shape[1];
        _zeros = new NativeFloats(_inputs);
    }

    /// <inheritdoc/>
    public nint Outputs => _weights[0].Outputs;

    /// <summary>Whether it is faster than the plain product, and possible.</summary>
    /// <param name="convolution">The weights.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public static bool Suits(NormedConvolution convolution, nint height, nint width) =>
        height * width >= LeastPositions && Math.Min(convolution.Weight.shape[0], convolution.Weight.shape[1]) >= TSimd.Lanes;

    /// <inheritdoc/>
    public nint ScratchLength(nint height, nint width, int threads)
    {
        var tiles = Tiles(height, width);
        return AreShared(tiles, threads) ? Length(tiles) : threads * OwnLength(tiles);
    }

    /// <inheritdoc/>
    public FeatureMap Compute(ThreadTeam team, FeatureMap input, float* output, float* scratch)
    {
        var result = new FeatureMap((nint)output, input.Height, input.Width, Outputs);
        var tiles = Tiles(input.Height, input.Width);
        if (AreShared(tiles, team.Size))
        {
            var block = Block(scratch, new(0, tiles));
            foreach (var chunk in team.Chunks(tiles, least: 1))
                WinogradTransforms<TSimd, TVector>.OfTiles(input, chunk, block, _zeros.Pointer);
            team.Barrier();
            foreach (var chunk in team.Chunks(Positions * _weights[0].Panels, least: 1))
                Multiply(block, chunk);
            team.Barrier();
            foreach (var chunk in team.Chunks(tiles, least: 1))
                WinogradTransforms<TSimd, TVector>.OfResults(block, chunk, result, _bias.Pointer);
            return result;
        }

        scratch += team.Rank * OwnLength(tiles);
        var blocks = (int)(tiles / TilesPerBlock);
        foreach (var chunk in team.Chunks(blocks, least: 1))
        {
            for (var i = chunk.First; i < chunk.End; i++)
            {
                var range = WorkRange.Share(tiles, (int)i, blocks);
                var block = Block(scratch, range);
                WinogradTransforms<TSimd, TVector>.OfTiles(input, range, block, _zeros.Pointer);
                Multiply(block, new(0, Positions * _weights[0].Panels));
                WinogradTransforms<TSimd, TVector>.OfResults(block, range, result, _bias.Pointer);
            }
        }
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weights in _weights)
            weights.Dispose();
        _bias.Dispose();
        _zeros.Dispose();
    }

    private static nint Tiles(nint height, nint width) => ((height + 1) / 2) * ((width + 1) / 2);

    // Enough tiles: each thread takes blocks of them through all steps. Few: all share each step, so that each reads some of the weights.
    private static bool AreShared(nint tiles, int threads) => tiles < 2 * (nint)threads * TilesPerBlock && (threads > 1 || tiles < TilesPerBlock);

    private nint OwnLength(nint tiles) => Length(nint.Min(2 * TilesPerBlock, tiles));

    private nint Length(nint tiles) => Positions * (WinogradBlock.Stride(tiles, _inputs) + WinogradBlock.Stride(tiles, Outputs));

    private WinogradBlock Block(float* scratch, WorkRange tiles) => new()
    {
        Tiles = tiles,
        Inputs = scratch,
        InputChannels = _inputs,
        Results = scratch + Positions * WinogradBlock.Stride(tiles.Count, _inputs),
        ResultChannels = Outputs,
    };

    // Some of the panels of all positions, counted one position after the other.
    private void Multiply(in WinogradBlock block, WorkRange panels)
    {
        var perPosition = _weights[0].Panels;
        for (var first = panels.First; first < panels.End;)
        {
            var position = (int)(first / perPosition);
            var end = nint.Min(panels.End, (position + 1) * perPosition);
            var grid = new WorkGrid(new(0, block.Tiles.Count), new(first - position * perPosition, end - position * perPosition));
            var rows = new PlainRows(block.Inputs + position * block.InputStride, _inputs, _inputs);
            MatrixProduct<TSimd, TVector>.Compute(grid, rows, _weights[position], block.Results + position * block.ResultStride, Outputs);
            first = end;
        }
    }
}
