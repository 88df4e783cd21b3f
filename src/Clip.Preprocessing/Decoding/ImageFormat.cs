namespace Clip.Preprocessing;

/// <summary>The kinds of image files that are read. What a file is shows in its first bytes, not in its name.</summary>
public enum ImageFormat
{
    /// <summary>JPEG, sequential or progressive.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP, lossy or lossless; of an animation, the first frame.</summary>
    WebP,

    /// <summary>GIF; of an animation, the first frame.</summary>
    Gif,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}
