namespace Clip.Preprocessing;

/// <summary>What the pixels of a file are. It decides how they are resized before they become RGB.</summary>
public enum SourceColor
{
    /// <summary>Shades of gray.</summary>
    Gray,

    /// <summary>Red, green and blue.</summary>
    Rgb,

    /// <summary>Colors of a palette.</summary>
    Palette,

    /// <summary>One bit: black or white.</summary>
    Bilevel,

    /// <summary>Gray with opacity.</summary>
    GrayAlpha,

    /// <summary>Red, green and blue with opacity.</summary>
    Rgba,

    /// <summary>Four inks.</summary>
    Cmyk,
}
