namespace Clip.Runtime.Kernels.Float32;

/// <summary>The convolutions of a ResNet with CLIP's changes, in float32.</summary>
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
    private const int PixelChannels = 3, Buffers = 4, Shrinking = 32;

    private readonly StemConvolution<TSimd, TVector> _stem;
    private readonly INeighbourConvolution[] _stemRest;
    private readonly ResidualBlock<TSimd, TVector>[] _blocks;
    private readonly nint _outputs;
    private readonly Scratch _scratch = new();

    /// <summary>Packs the weights.</summary>
    /// <param name="stem">The three convolutions of the stem, the first of stride 2; an average pool of 2 follows.</param>
    /// <param name="blocks">The residual blocks.</param>
    /// <param name="height">Rows of the pictures; others compute too, perhaps slower.</param>
    /// <param name="width">Columns of the pictures.</param>
    public ResNet(IReadOnlyList<NormedConvolution> stem, IReadOnlyList<BottleneckWeights> blocks, nint height, nint width)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _stem = new StemConvolution<TSimd, TVector>(stem[0]);
        (height, width) = Halved(height, width);
        _stemRest = [.. stem.Skip(1).Select(convolution => NeighbourConvolution<TSimd, TVector>.Fastest(convolution, height, width))];
        (height, width) = (height / 2, width / 2);
        _blocks = new ResidualBlock<TSimd, TVector>[blocks.Count];
        for (var i = 0; i < blocks.Count; i++)
        {
            _blocks[i] = new ResidualBlock<TSimd, TVector>(blocks[i], height, width);
            if (_blocks[i].Halves)
                (height, width) = (height / 2, width / 2);
        }
        _outputs = (nint)blocks[^1].Expand.Weight.shape[0];
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor pixels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = pixels.to(ScalarType.Float32).contiguous();
        var (pictures, height, width) = ((nint)input.shape[0], (nint)input.shape[2], (nint)input.shape[3]);
        var output = empty([pictures, height / Shrinking, width / Shrinking, _outputs], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        var (size, outputSize) = (PixelChannels * height * width, output.numel() / nint.Max(1, pictures));

        // Enough pictures: each worker takes whole ones. Few: all share each.
        var workers = get_num_threads();
        if (pictures < workers)
        {
            using var shared = _scratch.Rent(ScratchLength(height, width, workers));
            WorkerTeam.Shared.Run(workers, crew =>
            {
                for (nint picture = 0; picture < pictures; picture++)
                    Compute(crew, source + picture * size, height, width, shared.Pointer, target + picture * (nint)outputSize);
            });
        }
        else
        {
            var next = -1;
            WorkerTeam.Shared.Run(workers, _ =>
            {
                using var own = _scratch.Rent(ScratchLength(height, width, workers: 1));
                for (nint picture = Interlocked.Increment(ref next); picture < pictures; picture = Interlocked.Increment(ref next))
                    Compute(Crew.Alone, source + picture * size, height, width, own.Pointer, target + picture * (nint)outputSize);
            });
        }
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

    private nint ScratchLength(nint height, nint width, int workers)
    {
        var length = Buffers * BufferLength(height, width);
        (height, width) = Halved(height, width);
        var most = _stemRest.Max(convolution => convolution.ScratchLength(height, width, workers));
        (height, width) = (height / 2, width / 2);
        foreach (var block in _blocks)
        {
            most = nint.Max(most, block.ScratchLength(height, width, workers));
            if (block.Halves)
                (height, width) = (height / 2, width / 2);
        }
        return length + most;
    }

    // The largest activations are the stem's last at half the picture's sides, or the first stage's at a quarter with four times the channels.
    private nint BufferLength(nint height, nint width)
    {
        var half = Halved(height, width);
        return nint.Max(PixelChannels * (height + 2) * (width + 2), half.Height * half.Width * _stemRest[^1].Outputs);
    }

    private void Compute(Crew crew, float* pixels, nint height, nint width, float* scratch, float* output)
    {
        var length = BufferLength(height, width);
        var (first, second, third, fourth) = ((nint)scratch, (nint)(scratch + length), (nint)(scratch + 2 * length), (nint)(scratch + 3 * length));
        scratch += Buffers * length;

        var padded = Pad(crew, pixels, height, width, (float*)first);
        crew.Barrier();
        var x = _stem.Compute(crew, padded, (float*)second);
        crew.Barrier();
        foreach (var convolution in _stemRest)
        {
            x = convolution.Compute(crew, x, (float*)(x.Numbers == first ? second : first), scratch);
            crew.Barrier();
        }
        x = AveragePool<TSimd, TVector>.Halve(crew, x, (float*)(x.Numbers == first ? second : first));
        crew.Barrier();
        foreach (var block in _blocks)
        {
            x = block.Compute(crew, x, (x.Numbers == first ? second : first, third, fourth), scratch);
            crew.Barrier();
        }

        var share = crew.Share(x.Places * x.Channels);
        new Span<float>(x.First + share.First, (int)share.Count).CopyTo(new Span<float>(output + share.First, (int)share.Count));
        crew.Barrier();
    }

    // Channels last, with a border of zeros.
    private static Picture Pad(Crew crew, float* pixels, nint height, nint width, float* output)
    {
        var padded = new Picture((nint)output, height + 2, width + 2, PixelChannels);
        var line = padded.Width * PixelChannels;
        var rows = crew.Share(padded.Height);
        for (var y = rows.First; y < rows.End; y++)
        {
            var target = output + y * line;
            new Span<float>(target, (int)line).Clear();
            if (y == 0 || y == padded.Height - 1)
                continue;
            for (var channel = 0; channel < PixelChannels; channel++)
            {
                var source = pixels + (channel * height + y - 1) * width;
                for (nint x = 0; x < width; x++)
                    target[(x + 1) * PixelChannels + channel] = source[x];
            }
        }
        return padded;
    }
}
