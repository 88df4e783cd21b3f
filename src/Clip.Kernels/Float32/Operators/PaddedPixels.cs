using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Pixels as the first convolution of a network reads them.</summary>
internal static unsafe class PaddedPixels
{
    private const int Colors = 3;

    /// <summary>Copies pixels; every thread of the team some rows.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="pixels">[channels, height, width].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="output">Where to write them.</param>
    /// <returns>The image channels last, with a border of zeros one position wide.</returns>
    public static FeatureMap Copy(ThreadTeam team, float* pixels, nint channels, nint height, nint width, float* output)
    {
        var padded = new FeatureMap((nint)output, height + 2, width + 2, channels);
        var line = padded.Width * channels;
        var rows = team.Share(padded.Height);
        for (var y = rows.First; y < rows.End; y++)
        {
            var target = output + y * line;
            new Span<float>(target, (int)line).Clear();
            if (y == 0 || y == padded.Height - 1)
                continue;
            var source = pixels + (y - 1) * width;
            if (channels == Colors)
                Interleave(source, source + height * width, source + 2 * height * width, width, target + Colors);
            else
                Interleave(source, height * width, channels, width, target + channels);
        }
        return padded;
    }

    // All three channels in one pass, so that the result is written in order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(float* red, float* green, float* blue, nint width, float* target)
    {
        for (nint x = 0; x < width; x++, target += Colors)
        {
            target[0] = red[x];
            target[1] = green[x];
            target[2] = blue[x];
        }
    }

    private static void Interleave(float* source, nint plane, nint channels, nint width, float* target)
    {
        for (nint channel = 0; channel < channels; channel++, source += plane)
        {
            for (nint x = 0; x < width; x++)
                target[x * channels + channel] = source[x];
        }
    }
}
