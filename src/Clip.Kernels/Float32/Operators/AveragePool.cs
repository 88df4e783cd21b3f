using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Averages of 2 x 2 positions.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class AveragePool<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Halves an image; every thread of the team some of its rows. A last odd row or column is left out.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image.</param>
    /// <param name="output">Where to write half of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FeatureMap Halve(ThreadTeam team, FeatureMap input, float* output)
    {
        var half = new FeatureMap((nint)output, input.Height / 2, input.Width / 2, input.Channels);
        var quarter = TSimd.Broadcast(0.25f);
        var line = input.Width * input.Channels;
        var rows = team.Share(half.Height);
        for (var y = rows.First; y < rows.End; y++)
        {
            for (nint x = 0; x < half.Width; x++)
            {
                var source = input.First + 2 * y * line + 2 * x * input.Channels;
                var target = half.First + (y * half.Width + x) * half.Channels;
                nint i = 0;
                for (; i <= input.Channels - TSimd.Lanes; i += TSimd.Lanes)
                {
                    var upper = TSimd.Add(TSimd.Load(source + i), TSimd.Load(source + input.Channels + i));
                    var lower = TSimd.Add(TSimd.Load(source + line + i), TSimd.Load(source + line + input.Channels + i));
                    TSimd.Store(TSimd.Multiply(TSimd.Add(upper, lower), quarter), target + i);
                }
                for (; i < input.Channels; i++)
                    target[i] = ((source[i] + source[input.Channels + i]) + (source[line + i] + source[line + input.Channels + i])) * 0.25f;
            }
        }
        return half;
    }
}
