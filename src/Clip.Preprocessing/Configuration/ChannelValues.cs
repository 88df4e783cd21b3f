namespace Clip.Preprocessing;

/// <summary>One number for each color channel.</summary>
/// <param name="Red">The first channel's.</param>
/// <param name="Green">The second channel's.</param>
/// <param name="Blue">The third channel's.</param>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    /// <summary>The number of one channel.</summary>
    /// <param name="channel">0 for red, 1 for green, 2 for blue.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel.</exception>
    public float this[int channel] => channel switch
    {
        0 => Red,
        1 => Green,
        2 => Blue,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "There are three channels, 0 to 2."),
    };
}
