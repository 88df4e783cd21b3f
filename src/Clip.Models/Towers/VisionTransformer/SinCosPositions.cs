namespace Clip.Models;

/// <summary>Fixed position embeddings of a square grid: sines and cosines of column and row.</summary>
/// <remarks>Source: Chen et al. 2021, "An Empirical Study of Training Self-Supervised Vision Transformers" (MoCo v3), section 4.</remarks>
internal static class SinCosPositions
{
    /// <summary>Zeros for the class token, then one row per patch: half of the channels from the column, half from the row.</summary>
    /// <param name="side">Patches per side of the grid.</param>
    /// <param name="width">Channels, a multiple of 4.</param>
    /// <returns>[1 + side², width], float32.</returns>
    public static Tensor Create(int side, int width)
    {
        var values = new float[(1 + side * side) * width];
        var frequencies = width / 4;
        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var embedding = values.AsSpan((1 + row * side + column) * width, width);
                for (var i = 0; i < frequencies; i++)
                {
                    var frequency = 1 / Math.Pow(10_000, i / (double)frequencies);   // 10,000: Vaswani et al. 2017, section 3.5
                    embedding[i] = (float)Math.Sin(column * frequency);
                    embedding[frequencies + i] = (float)Math.Cos(column * frequency);
                    embedding[2 * frequencies + i] = (float)Math.Sin(row * frequency);
                    embedding[3 * frequencies + i] = (float)Math.Cos(row * frequency);
                }
            }
        }
        return tensor(values, 1 + side * side, width);
    }
}
