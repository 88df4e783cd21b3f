namespace Clip.Preprocessing;

/// <summary>What the pixels of a file are. It decides how they are resized before they become RGB.</summary>
public enum SourceColor
{
    /// <summary>Shades of grey.</summary>
    Grey,

    /// <summary>Red, green and blue.</summary>
    Rgb,

    /// <summary>Numbers of colours in a palette.</summary>
    Palette,

    /// <summary>One bit: black or white.</summary>
    Bilevel,

    /// <summary>Grey with opacity.</summary>
    GreyAlpha,

    /// <summary>Red, green and blue with opacity.</summary>
    Rgba,

    /// <summary>Four inks.</summary>
    Cmyk,
}
