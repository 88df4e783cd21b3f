namespace Clip.Preprocessing.Resampling;

/// <summary>The weight of a pixel by its distance, in pixels of the smaller image.</summary>
internal static class ResampleFilter
{
    public static double Support(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bicubic => 2.0,
        Interpolation.Bilinear => 1.0,
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "There is no such interpolation."),
    };

    public static double Weight(Interpolation interpolation, double distance)
    {
        var x = Math.Abs(distance);
        if (interpolation == Interpolation.Bilinear)
            return x < 1.0 ? 1.0 - x : 0.0;

        // Keys 1981, equation 4, in Horner's form; the order of operations decides the last bit.
        const double A = -0.5;
        return x < 1.0 ? ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
            : x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * A
            : 0.0;
    }
}
