using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Attention of the mean over an image to all its positions, in float32.</summary>
/// <remarks>
/// Results do not depend on the batch or the number of threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class AttentionPool<TSimd, TVector> : IAttentionPoolKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly NativeFloats _positions;
    private readonly SingleQueryAttention<TSimd, TVector> _attention;
    private readonly Scratch _scratch = new();
    private readonly nint _width;

    /// <summary>Packs the weights.</summary>
    public AttentionPool(AttentionPoolWeights weights)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _positions = NativeFloats.Copy(weights.Positions);
        _attention = new(weights.Attention, weights.Heads);
        _width = (nint)weights.Positions.shape[1];
    }

    /// <inheritdoc/>
    public Tensor Attend(Tensor features)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = features.to(ScalarType.Float32).contiguous();
        var (images, count) = ((nint)input.shape[0], (nint)input.shape[1]);
        var output = empty([images, _width], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);

        var length = 1 + count;
        var threads = get_num_threads();
        using var scratch = _scratch.Rent(images * length * _width + _attention.ScratchLength(images, length, threads));
        var tokens = scratch.Pointer;
        KernelThreads.Shared.Run(threads, team =>
        {
            AddMean(team, source, images, count, tokens);
            team.Barrier();
            var inputs = new SingleQueryInputs
            {
                Tokens = tokens,
                Queries = tokens,
                QueryStride = length * _width,
                Sequences = images,
                Length = length,
            };
            _attention.Compute(team, inputs, target, tokens + images * length * _width);
        });
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor AttendAlone(Tensor features)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (images, count) = ((nint)features.shape[0], (nint)features.shape[1]);
        var tokens = TensorMemory.Copy(features);
        var output = empty([images, count, _width], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(tokens);
        var target = TensorMemory.Pointer<float>(output);
        // The first position is the mean's.
        for (nint image = 0; image < images; image++)
            RowArithmetic<TSimd, TVector>.Add(new(0, count), _width, source + image * count * _width, _positions.Pointer + _width);
        KernelThreads.Shared.Run(get_num_threads(), team => _attention.ComputeAlone(team, source, images * count, target));
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _positions.Dispose();
        _attention.Dispose();
        _scratch.Dispose();
    }

    // [N, P, C] to [N, 1 + P, C] with the mean before the positions, and position embeddings added; every thread some of the channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddMean(ThreadTeam team, float* features, nint images, nint count, float* tokens)
    {
        var channels = team.Share(_width);
        var vectors = channels.First + channels.Count / TSimd.Lanes * TSimd.Lanes;
        var positions = _positions.Pointer;
        for (nint image = 0; image < images; image++, features += count * _width, tokens += (1 + count) * _width)
        {
            for (var channel = channels.First; channel < vectors; channel += TSimd.Lanes)
            {
                var sum = TSimd.Broadcast(0);
                for (var offset = channel; offset < count * _width; offset += _width)
                {
                    var x = TSimd.Load(features + offset);
                    sum = TSimd.Add(sum, x);
                    TSimd.Store(TSimd.Add(x, TSimd.Load(positions + _width + offset)), tokens + _width + offset);
                }
                var mean = TSimd.Divide(sum, TSimd.Broadcast(count));
                TSimd.Store(TSimd.Add(mean, TSimd.Load(positions + channel)), tokens + channel);
            }
            for (var channel = vectors; channel < channels.End; channel++)
            {
                var sum = 0f;
                for (var offset = channel; offset < count * _width; offset += _width)
                {
                    sum += features[offset];
                    tokens[_width + offset] = features[offset] + positions[_width + offset];
                }
                tokens[channel] = sum / count + positions[channel];
            }
        }
    }
}
