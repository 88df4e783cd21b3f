using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A block of convolutions over neighboring tokens, which sees a text as an image of one row.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class TokenMixer<TSimd, TVector> : ITokenMixerKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly FastVitBlock<TSimd, TVector> _block;
    private readonly Scratch _scratch = new();

    /// <summary>Packs the weights.</summary>
    public TokenMixer(FastVitBlockWeights weights)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _block = new(weights);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (texts, length, width) = ((nint)tokens.shape[0], (nint)tokens.shape[1], (nint)tokens.shape[2]);
        // The block works in place.
        var output = TensorMemory.Copy(tokens);
        var target = TensorMemory.Pointer<float>(output);
        var need = default(ConvolutionMemory).Image(length * width).Hidden(length * _block.Hidden(width)).ThreadScratch(_block.ScratchLength(length));
        ImagePasses.Run(_scratch, texts, need.Length, (team, text, memory) =>
        {
            var hidden = (float*)memory + need.Activations;
            _block.Compute(
                team, new((nint)(target + text * length * width), 1, length, width), (float*)memory, hidden, hidden + need.HiddenActivations);
            team.Barrier();
        });
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _block.Dispose();
        _scratch.Dispose();
    }
}
