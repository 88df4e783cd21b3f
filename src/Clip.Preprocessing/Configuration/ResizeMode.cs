namespace Clip.Preprocessing;

/// <summary>How an image of any shape becomes one of the model's resolution.</summary>
public enum ResizeMode
{
    /// <summary>The short side takes the resolution, the aspect ratio stays, and the center is cut out.</summary>
    Shortest,

    /// <summary>The long side takes the resolution, the aspect ratio stays, and the rest is padded with the fill color.</summary>
    Longest,

    /// <summary>Both sides take the resolution; the aspect ratio changes.</summary>
    Squash,
}
