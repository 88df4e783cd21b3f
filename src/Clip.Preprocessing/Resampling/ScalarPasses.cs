namespace Clip.Preprocessing.Resampling;

/// <summary>Both passes in plain code: what every machine runs, and what the vectorized passes are compared with.</summary>
internal static unsafe class ScalarPasses
{
    private const int Half = 1 << (ResampleWeights.Precision - 1);

    /// <summary>Resamples one row of four-byte pixels.</summary>
    /// <param name="row">The first pixel of the old row.</param>
    /// <param name="result">Space for the new pixels.</param>
    /// <param name="weights">What the new pixels are made of.</param>
    public static void Horizontal(byte* row, byte* result, ResampleWeights weights)
    {
        for (var x = 0; x < weights.Count; x++)
        {
            var values = weights.Values.Slice(x * weights.Stride, weights.Counts[x]);
            var pixel = row + 4L * weights.Starts[x];
            int red = Half, green = Half, blue = Half, fourth = Half;
            foreach (var weight in values)
            {
                red += pixel[0] * weight;
                green += pixel[1] * weight;
                blue += pixel[2] * weight;
                fourth += pixel[3] * weight;
                pixel += 4;
            }
            result[4 * x] = Clamp(red);
            result[4 * x + 1] = Clamp(green);
            result[4 * x + 2] = Clamp(blue);
            result[4 * x + 3] = Clamp(fourth);
        }
    }

    /// <summary>Resamples all columns.</summary>
    /// <param name="rows">The first of the old rows that are in memory.</param>
    /// <param name="firstRow">Its number in the image.</param>
    /// <param name="stride">Bytes from an old row to the next.</param>
    /// <param name="result">Space for the new rows, without gaps.</param>
    /// <param name="rowBytes">Bytes of a new row.</param>
    /// <param name="resultStride">Bytes from a new row to the next.</param>
    /// <param name="weights">What the new rows are made of.</param>
    public static void Vertical(byte* rows, int firstRow, long stride, byte* result, int rowBytes, long resultStride, ResampleWeights weights)
    {
        for (var y = 0; y < weights.Count; y++)
        {
            var values = weights.Values.Slice(y * weights.Stride, weights.Counts[y]);
            var first = rows + (weights.Starts[y] - firstRow) * stride;
            for (var x = 0; x < rowBytes; x++)
            {
                var sum = Half;
                var pixel = first + x;
                foreach (var weight in values)
                {
                    sum += *pixel * weight;
                    pixel += stride;
                }
                result[y * resultStride + x] = Clamp(sum);
            }
        }
    }

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.Precision, 0, 255);
}
