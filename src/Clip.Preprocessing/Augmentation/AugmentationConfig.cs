namespace Clip.Preprocessing;

/// <summary>How training images are varied. The defaults are the paper's: a random crop and nothing else.</summary>
public sealed record AugmentationConfig
{
    /// <summary>Smallest share of the image's area that a crop takes; open_clip trains with 0.9.</summary>
    public double MinScale { get; init; } = 0.9;

    /// <summary>Largest share of the image's area that a crop takes.</summary>
    public double MaxScale { get; init; } = 1.0;

    /// <summary>Smallest width of a crop divided by its height.</summary>
    public double MinAspectRatio { get; init; } = 3.0 / 4.0;

    /// <summary>Largest width of a crop divided by its height.</summary>
    public double MaxAspectRatio { get; init; } = 4.0 / 3.0;

    /// <summary>How often an image is mirrored, 0 to 1. Words in an image can no longer be read then.</summary>
    public double FlipProbability { get; init; }

    /// <summary>How often colors are varied, 0 to 1.</summary>
    public double ColorJitterProbability { get; init; }

    /// <summary>Brightness is multiplied by 1 - this to 1 + this.</summary>
    public double Brightness { get; init; }

    /// <summary>Contrast is multiplied by 1 - this to 1 + this.</summary>
    public double Contrast { get; init; }

    /// <summary>Saturation is multiplied by 1 - this to 1 + this.</summary>
    public double Saturation { get; init; }

    /// <summary>Hue is turned by up to this share of the circle in either direction, 0 to 0.5.</summary>
    public double Hue { get; init; }

    /// <summary>How often an image becomes gray, 0 to 1.</summary>
    public double GrayscaleProbability { get; init; }

    /// <summary>Checks that the values make sense together.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it.</exception>
    public void Validate()
    {
        RequireRange(MinScale, MaxScale, 1e-6, 1, nameof(MinScale), nameof(MaxScale));
        RequireRange(MinAspectRatio, MaxAspectRatio, 1e-3, 1e3, nameof(MinAspectRatio), nameof(MaxAspectRatio));
        RequireBetween(FlipProbability, 1, nameof(FlipProbability));
        RequireBetween(ColorJitterProbability, 1, nameof(ColorJitterProbability));
        RequireBetween(Brightness, 1, nameof(Brightness));
        RequireBetween(Contrast, 1, nameof(Contrast));
        RequireBetween(Saturation, 1, nameof(Saturation));
        RequireBetween(Hue, 0.5, nameof(Hue));
        RequireBetween(GrayscaleProbability, 1, nameof(GrayscaleProbability));
    }

    private static void RequireRange(double min, double max, double least, double most, string minName, string maxName)
    {
        if (!(min >= least && min <= max && max <= most))
            throw new ArgumentException($"{minName} and {maxName} must be from {least} to {most}, in this order, but are {min} and {max}.");
    }

    private static void RequireBetween(double value, double most, string name)
    {
        if (!(value >= 0 && value <= most))
            throw new ArgumentException($"{name} must be from 0 to {most} but is {value}.");
    }
}
