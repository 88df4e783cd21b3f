using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Norms of rows: mean 0 and variance 1 over the channels, then a gain and a bias.</summary>
/// <remarks>Source: Ba et al. 2016, section 3.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class LayerNorm<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly NativeFloats _gain;
    private readonly NativeFloats _bias;
    private readonly double _epsilon;

    /// <summary>Copies the weights.</summary>
    /// <param name="affine">Gain and bias [W].</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public LayerNorm((Tensor Weight, Tensor Bias) affine, double epsilon)
    {
        _gain = NativeFloats.Copy(affine.Weight);
        _bias = NativeFloats.Copy(affine.Bias);
        _epsilon = epsilon;
    }

    /// <summary>Norms rows.</summary>
    /// <param name="rows">Which rows.</param>
    /// <param name="input">[rows, W].</param>
    /// <param name="output">[rows, W]; may be the input.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(WorkRange rows, float* input, float* output)
    {
        var width = (nint)_gain.Length;
        var vectors = width / TSimd.Lanes * TSimd.Lanes;
        var gain = _gain.Pointer;
        var bias = _bias.Pointer;
        for (var row = rows.First; row < rows.End; row++)
        {
            var x = input + row * width;
            var y = output + row * width;
            var sums = default(TVector);
            for (nint i = 0; i < vectors; i += TSimd.Lanes)
                sums = TSimd.Add(sums, TSimd.Load(x + i));
            var sum = TSimd.Sum(sums);
            for (var i = vectors; i < width; i++)
                sum += x[i];
            var mean = sum / width;

            var means = TSimd.Broadcast(mean);
            var squares = default(TVector);
            for (nint i = 0; i < vectors; i += TSimd.Lanes)
            {
                var difference = TSimd.Subtract(TSimd.Load(x + i), means);
                squares = TSimd.MultiplyAdd(difference, difference, squares);
            }
            var square = TSimd.Sum(squares);
            for (var i = vectors; i < width; i++)
                square += (x[i] - mean) * (x[i] - mean);
            var scale = (float)(1 / Math.Sqrt(square / width + _epsilon));

            var scales = TSimd.Broadcast(scale);
            for (nint i = 0; i < vectors; i += TSimd.Lanes)
            {
                var normed = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
                TSimd.Store(TSimd.MultiplyAdd(normed, TSimd.Load(gain + i), TSimd.Load(bias + i)), y + i);
            }
            for (var i = vectors; i < width; i++)
                y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * scale, gain[i], bias[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gain.Dispose();
        _bias.Dispose();
    }
}
