using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Means of 3 x 3 positions at a stride of 2, of those that are in the image.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class NeighborMeans<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Halves an image, and rounds its sides up; every thread of the team some of its rows.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image.</param>
    /// <param name="output">Where to write half of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FeatureMap Halve(ThreadTeam team, FeatureMap input, float* output)
    {
        var channels = input.Channels;
        var half = new FeatureMap((nint)output, (input.Height + 1) / 2, (input.Width + 1) / 2, channels);
        var share = team.Share(half.Height);
        for (var y = share.First; y < share.End; y++)
        {
            var (top, bottom) = (nint.Max(0, 2 * y - 1), nint.Min(input.Height, 2 * y + 2));
            for (nint x = 0; x < half.Width; x++)
            {
                var (left, right) = (nint.Max(0, 2 * x - 1), nint.Min(input.Width, 2 * x + 2));
                var target = output + (y * half.Width + x) * channels;
                var inverse = 1f / ((bottom - top) * (right - left));
                nint i = 0;
                for (; i <= channels - TSimd.Lanes; i += TSimd.Lanes)
                {
                    var sum = default(TVector);
                    for (var row = top; row < bottom; row++)
                    {
                        for (var column = left; column < right; column++)
                            sum = TSimd.Add(sum, TSimd.Load(input.First + (row * input.Width + column) * channels + i));
                    }
                    TSimd.Store(TSimd.Multiply(sum, TSimd.Broadcast(inverse)), target + i);
                }
                for (; i < channels; i++)
                {
                    var sum = 0f;
                    for (var row = top; row < bottom; row++)
                    {
                        for (var column = left; column < right; column++)
                            sum += input.First[(row * input.Width + column) * channels + i];
                    }
                    target[i] = sum * inverse;
                }
            }
        }
        return half;
    }
}
