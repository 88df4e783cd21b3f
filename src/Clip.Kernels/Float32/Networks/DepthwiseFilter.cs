using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A convolution of each channel by itself, in float32, that keeps height and width.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class DepthwiseFilter<TSimd, TVector> : IPixelKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly DepthwiseConvolution<TSimd, TVector> _convolution;
    private readonly double _taps;

    /// <summary>Copies the weights.</summary>
    /// <param name="weight">[C, 1, k, k] with an odd k.</param>
    /// <param name="bias">[C].</param>
    public DepthwiseFilter(Tensor weight, Tensor bias)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _convolution = new(new FoldedConvolution(weight, bias, Groups: weight.shape[0]));
        _taps = weight.shape[2] * weight.shape[3];
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        Debug.Assert(input.dim() == 4 && input.shape[3] == _convolution.Outputs, "Channels are last.");
        var output = empty(input.shape, ScalarType.Float32);
        if (input.numel() == 0)
            return output.MoveToOuterDisposeScope();
        var (images, height, width, channels) = ((nint)input.shape[0], (nint)input.shape[1], (nint)input.shape[2], (nint)input.shape[3]);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        KernelThreads.Shared.Run(KernelThreads.SizeFor(input.numel() * _taps), team =>
        {
            // Few images: all threads share each.
            var together = images < team.Size;
            var own = together ? new(0, images) : team.Share(images);
            for (var image = own.First; image < own.End; image++)
            {
                var first = image * height * width * channels;
                _convolution.Compute(together ? team : ThreadTeam.Alone, new FeatureMap((nint)(source + first), height, width, channels), target + first);
            }
        });
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _convolution.Dispose();
}
