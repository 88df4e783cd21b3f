namespace Clip.Kernels.Float32.Training;

/// <summary>Sums of rows that one row of a weight was added to.</summary>
internal static unsafe class RowSums
{
    private const int ChannelsAtOnce = 64;

    /// <summary>Adds up a row of each sequence, in float64.</summary>
    /// <param name="gradients">Gradients of all tokens, [rows, W].</param>
    /// <param name="rows">The sequences.</param>
    /// <param name="token">Which of their tokens; those that have fewer do not count.</param>
    /// <param name="width">W.</param>
    /// <param name="target">Where the sum goes.</param>
    public static void Add(float* gradients, in SequenceRows rows, nint token, nint width, GradientTarget target)
    {
        var sums = stackalloc double[ChannelsAtOnce];
        for (nint channel = 0; channel < width; channel += ChannelsAtOnce)
        {
            var count = (int)nint.Min(ChannelsAtOnce, width - channel);
            var result = target.Elements + channel;
            for (var i = 0; i < count; i++)
                sums[i] = target.Accumulates ? result[i] : 0;
            for (nint sequence = 0; sequence < rows.Count; sequence++)
            {
                if (token >= rows.LengthOf(sequence))
                    continue;
                var row = gradients + (rows.First(sequence) + token) * width + channel;
                for (var i = 0; i < count; i++)
                    sums[i] += row[i];
            }
            for (var i = 0; i < count; i++)
                result[i] = (float)sums[i];
        }
    }
}
