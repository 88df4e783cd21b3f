using System.Runtime.CompilerServices;

namespace Clip.Runtime.Kernels.Float32;

/// <summary>Attention of the mean over a picture to all its places, in float32.</summary>
/// <remarks>
/// Source: Radford et al. 2021, section 2.4. Results do not depend on the batch or the number of threads, to the last bit.
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
    public Tensor Attend(Tensor places)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = places.to(ScalarType.Float32).contiguous();
        var (pictures, count) = ((nint)input.shape[0], (nint)input.shape[1]);
        var output = empty([pictures, _width], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);

        var length = 1 + count;
        var workers = get_num_threads();
        using var scratch = _scratch.Rent(pictures * length * _width + _attention.ScratchLength(pictures, length, workers));
        var tokens = scratch.Pointer;
        WorkerTeam.Shared.Run(workers, crew =>
        {
            AddMean(crew, source, pictures, count, tokens);
            crew.Barrier();
            var inputs = new SingleQueryInputs
            {
                Tokens = tokens,
                Asking = tokens,
                AskingStride = length * _width,
                Sequences = pictures,
                Length = length,
            };
            _attention.Compute(crew, inputs, target, tokens + pictures * length * _width);
        });
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _positions.Dispose();
        _attention.Dispose();
        _scratch.Dispose();
    }

    // [N, P, C] to [N, 1 + P, C] with the mean before the places, and positions added; every worker some of the channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddMean(Crew crew, float* places, nint pictures, nint count, float* tokens)
    {
        var channels = crew.Share(_width);
        var vectors = channels.First + channels.Count / TSimd.Lanes * TSimd.Lanes;
        var positions = _positions.Pointer;
        for (nint picture = 0; picture < pictures; picture++, places += count * _width, tokens += (1 + count) * _width)
        {
            for (var channel = channels.First; channel < vectors; channel += TSimd.Lanes)
            {
                var sum = TSimd.Broadcast(0);
                for (var place = channel; place < count * _width; place += _width)
                {
                    var x = TSimd.Load(places + place);
                    sum = TSimd.Add(sum, x);
                    TSimd.Store(TSimd.Add(x, TSimd.Load(positions + _width + place)), tokens + _width + place);
                }
                var mean = TSimd.Divide(sum, TSimd.Broadcast(count));
                TSimd.Store(TSimd.Add(mean, TSimd.Load(positions + channel)), tokens + channel);
            }
            for (var channel = vectors; channel < channels.End; channel++)
            {
                var sum = 0f;
                for (var place = channel; place < count * _width; place += _width)
                {
                    sum += places[place];
                    tokens[_width + place] = places[place] + positions[_width + place];
                }
                tokens[channel] = sum / count + positions[channel];
            }
        }
    }
}
