using Clip.Preprocessing;

namespace Clip;

/// <summary>An image as a network saw it: resized and cropped, and not normalized again.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Rgb">Three bytes per pixel, row by row.</param>
internal sealed record SeenImage(int Height, int Width, byte[] Rgb)
{
    /// <summary>Undoes the normalization.</summary>
    /// <param name="pixels">Normalized pixels, [3, height, width].</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="config">What they were normalized with.</param>
    public static SeenImage From(ReadOnlySpan<float> pixels, int height, int width, PreprocessingConfig config)
    {
        var area = height * width;
        var rgb = new byte[3 * area];
        ReadOnlySpan<double> means = [config.Mean.Red, config.Mean.Green, config.Mean.Blue];
        ReadOnlySpan<double> deviations = [config.Deviation.Red, config.Deviation.Green, config.Deviation.Blue];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var i = 0; i < area; i++)
            {
                var value = 255 * (pixels[channel * area + i] * deviations[channel] + means[channel]);
                rgb[3 * i + channel] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        }
        return new SeenImage(height, width, rgb);
    }
}
