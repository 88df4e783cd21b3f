namespace Clip.Preprocessing;

/// <summary>How new pixels are computed from old ones. Both are antialiased when the image becomes smaller.</summary>
public enum Interpolation
{
    /// <summary>Cubic convolution with a = -0.5 over four pixels (Keys 1981); what most CLIP models were trained with.</summary>
    Bicubic,

    /// <summary>The triangle filter over two pixels.</summary>
    Bilinear,
}
