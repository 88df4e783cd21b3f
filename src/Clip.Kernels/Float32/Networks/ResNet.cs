using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>The convolutions of a ResNet in float32.</summary>
/// <remarks>
/// Batch norms are folded into the convolutions before them, activations lie channels last, and bias, shortcut and ReLU are computed while
/// a tile of the result is in the first cache. Results do not depend on the batch or the number of threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class ResNet<TSimd, TVector> : IResNetKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Buffers = 4;

    private readonly StridedConvolution3x3<TSimd, TVector> _stem;
    private readonly IConvolution3x3[] _stemRest;
    private readonly ResidualBlock<TSimd, TVector>[] _blocks;
    private readonly nint _pixelChannels;
    private readonly nint _outputs;
    private readonly Scratch _scratch = new();

    /// <summary>Packs the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="height">Rows of the images that it will see; others compute too, perhaps slower.</param>
    /// <param name="width">Columns of the images.</param>
    public ResNet(ResNetWeights weights, nint height, nint width)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (stem, blocks) = weights;
        Debug.Assert(stem.Count >= 2 && blocks.Count >= 1, "A stem of one convolution would write what it reads.");
        Debug.Assert(blocks.All(block => block.Stride is 1 or 2), "Blocks keep or halve height and width.");
        _pixelChannels = (nint)stem[0].Weight.shape[1];
        _stem = new StridedConvolution3x3<TSimd, TVector>(stem[0]);
        (height, width) = Halved(height, width);
        _stemRest = [.. stem.Skip(1).Select(convolution => Convolution3x3<TSimd, TVector>.Fastest(convolution, height, width))];
        (height, width) = (height / 2, width / 2);
        _blocks = new ResidualBlock<TSimd, TVector>[blocks.Count];
        for (var i = 0; i < blocks.Count; i++)
        {
            _blocks[i] = new ResidualBlock<TSimd, TVector>(blocks[i], height, width);
            if (_blocks[i].Halves)
                (height, width) = (height / 2, width / 2);
        }
        _outputs = (nint)blocks[^1].Conv3.Weight.shape[0];
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor pixels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (height, width) = ((nint)pixels.shape[2], (nint)pixels.shape[3]);
        Debug.Assert(pixels.shape[1] == _pixelChannels, "Pixels have as many channels as the stem's weights.");
        var (outputHeight, outputWidth) = OutputSize(height, width);
        Debug.Assert(outputHeight > 0 && outputWidth > 0, "Something is left of the images behind all strides.");
        var output = ImagePasses.Map(
            _scratch, pixels, [outputHeight, outputWidth, _outputs], threads => ScratchLength(height, width, threads),
            (team, image, scratch, target) => Compute(team, image, height, width, scratch, target));
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stem.Dispose();
        foreach (var convolution in _stemRest)
            convolution.Dispose();
        foreach (var block in _blocks)
            block.Dispose();
        _scratch.Dispose();
    }

    // The stem's first convolution has a stride of 2 and sees a border.
    private static (nint Height, nint Width) Halved(nint height, nint width) => ((height + 1) / 2, (width + 1) / 2);

    private (nint Height, nint Width) OutputSize(nint height, nint width)
    {
        (height, width) = Halved(height, width);
        (height, width) = (height / 2, width / 2);
        foreach (var block in _blocks)
            (height, width) = block.Halves ? (height / 2, width / 2) : (height, width);
        return (height, width);
    }

    private nint ScratchLength(nint height, nint width, int threads)
    {
        var length = Buffers * BufferLength(height, width);
        (height, width) = Halved(height, width);
        var most = _stemRest.Max(convolution => convolution.ScratchLength(height, width, threads));
        (height, width) = (height / 2, width / 2);
        foreach (var block in _blocks)
        {
            most = nint.Max(most, block.ScratchLength(height, width, threads));
            if (block.Halves)
                (height, width) = (height / 2, width / 2);
        }
        return length + most;
    }

    // The largest activations are the stem's last at half the image's sides, or the first stage's at a quarter with four times the channels.
    private nint BufferLength(nint height, nint width)
    {
        var half = Halved(height, width);
        return nint.Max(_pixelChannels * (height + 2) * (width + 2), half.Height * half.Width * _stemRest[^1].Outputs);
    }

    private void Compute(ThreadTeam team, float* pixels, nint height, nint width, float* scratch, float* output)
    {
        var length = BufferLength(height, width);
        var (first, second, third, fourth) = ((nint)scratch, (nint)(scratch + length), (nint)(scratch + 2 * length), (nint)(scratch + 3 * length));
        scratch += Buffers * length;

        var padded = PaddedPixels.Copy(team, pixels, _pixelChannels, height, width, (float*)first);
        team.Barrier();
        var x = _stem.Compute(team, padded, (float*)second);
        team.Barrier();
        foreach (var convolution in _stemRest)
        {
            x = convolution.Compute(team, x, (float*)(x.Address == first ? second : first), scratch);
            team.Barrier();
        }
        x = AveragePool<TSimd, TVector>.Halve(team, x, (float*)(x.Address == first ? second : first));
        team.Barrier();
        foreach (var block in _blocks)
        {
            x = block.Compute(team, x, (x.Address == first ? second : first, third, fourth), scratch);
            team.Barrier();
        }

        var share = team.Share(x.Positions * x.Channels);
        new Span<float>(x.First + share.First, (int)share.Count).CopyTo(new Span<float>(output + share.First, (int)share.Count));
        team.Barrier();
    }
}
