using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A convolution of each channel by itself, in float32, that keeps height and width.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class DepthwiseFilter<TSimd, TVector> : IPixelKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Rows of pixels that are worth taking alone: about 20 microseconds.
    private const nint WorthTaking = 100_000;

    private readonly NativeFloats _weights;
    private readonly NativeFloats _bias;
    private readonly nint _kernel;
    private readonly nint _channels;

    /// <summary>Copies the weights.</summary>
    /// <param name="weight">[C, 1, k, k] with an odd k.</param>
    /// <param name="bias">[C].</param>
    public DepthwiseFilter(Tensor weight, Tensor bias)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        (_channels, _kernel) = ((nint)weight.shape[0], (nint)weight.shape[3]);
        Debug.Assert(weight.shape[1] == 1 && weight.shape[2] == _kernel && _kernel % 2 == 1, "Every channel has a square kernel with a middle.");
        _weights = NativeFloats.Copy(weight.flatten(1).t());                  // [k k, C]
        _bias = NativeFloats.Copy(bias);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        Debug.Assert(input.dim() == 4 && input.shape[3] == _channels, "Channels are last.");
        var output = empty(input.shape, ScalarType.Float32);
        var (images, height, width) = ((nint)input.shape[0], (nint)input.shape[1], (nint)input.shape[2]);
        if (input.numel() == 0)
            return output.MoveToOuterDisposeScope();
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        var work = (double)width * _channels * _kernel * _kernel;
        KernelThreads.Shared.Run(KernelThreads.SizeFor(work * images * height), team =>
        {
            foreach (var rows in team.Chunks(images * height, (nint)(WorthTaking / work)))
            {
                for (var row = rows.First; row < rows.End; row++)
                    ComputeRow(source + row / height * height * width * _channels, row % height, height, width, target + row * width * _channels);
            }
        });
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }

    private void ComputeRow(float* image, nint y, nint height, nint width, float* output)
    {
        var reach = _kernel / 2;
        var (top, bottom) = (nint.Max(0, y - reach), nint.Min(height, y + reach + 1));
        for (nint x = 0; x < width; x++, output += _channels)
        {
            var (left, right) = (nint.Max(0, x - reach), nint.Min(width, x + reach + 1));
            var first = image + (top * width + left) * _channels;
            var weights = _weights.Pointer + ((top - y + reach) * _kernel + left - x + reach) * _channels;
            ComputePixel(first, width * _channels, weights, bottom - top, right - left, output);
        }
    }

    // Four vectors of channels at a time, so that the sum of one does not wait for itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputePixel(float* first, nint rowStride, float* weights, nint rows, nint columns, float* output)
    {
        var channels = _channels;
        var bias = _bias.Pointer;
        var kernelStride = _kernel * channels;
        nint channel = 0;
        for (; channel + 4 * TSimd.Lanes <= channels; channel += 4 * TSimd.Lanes)
        {
            var sum0 = TSimd.Load(bias + channel);
            var sum1 = TSimd.Load(bias + channel + TSimd.Lanes);
            var sum2 = TSimd.Load(bias + channel + 2 * TSimd.Lanes);
            var sum3 = TSimd.Load(bias + channel + 3 * TSimd.Lanes);
            for (nint row = 0; row < rows; row++)
            {
                var pixel = first + row * rowStride + channel;
                var weight = weights + row * kernelStride + channel;
                for (nint column = 0; column < columns; column++, pixel += channels, weight += channels)
                {
                    sum0 = TSimd.MultiplyAdd(TSimd.Load(pixel), TSimd.Load(weight), sum0);
                    sum1 = TSimd.MultiplyAdd(TSimd.Load(pixel + TSimd.Lanes), TSimd.Load(weight + TSimd.Lanes), sum1);
                    sum2 = TSimd.MultiplyAdd(TSimd.Load(pixel + 2 * TSimd.Lanes), TSimd.Load(weight + 2 * TSimd.Lanes), sum2);
                    sum3 = TSimd.MultiplyAdd(TSimd.Load(pixel + 3 * TSimd.Lanes), TSimd.Load(weight + 3 * TSimd.Lanes), sum3);
                }
            }
            TSimd.Store(sum0, output + channel);
            TSimd.Store(sum1, output + channel + TSimd.Lanes);
            TSimd.Store(sum2, output + channel + 2 * TSimd.Lanes);
            TSimd.Store(sum3, output + channel + 3 * TSimd.Lanes);
        }
        for (; channel + TSimd.Lanes <= channels; channel += TSimd.Lanes)
        {
            var sum = TSimd.Load(bias + channel);
            for (nint row = 0; row < rows; row++)
            {
                for (nint column = 0; column < columns; column++)
                {
                    sum = TSimd.MultiplyAdd(
                        TSimd.Load(first + row * rowStride + column * channels + channel), TSimd.Load(weights + row * kernelStride + column * channels + channel), sum);
                }
            }
            TSimd.Store(sum, output + channel);
        }
        for (; channel < channels; channel++)
        {
            var sum = bias[channel];
            for (nint row = 0; row < rows; row++)
            {
                for (nint column = 0; column < columns; column++)
                    sum = MathF.FusedMultiplyAdd(first[row * rowStride + column * channels + channel], weights[row * kernelStride + column * channels + channel], sum);
            }
            output[channel] = sum;
        }
    }
}
