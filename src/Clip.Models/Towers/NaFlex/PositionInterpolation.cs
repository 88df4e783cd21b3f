namespace Clip.Models;

/// <summary>How position embeddings of one grid of patches become those of another; always with antialiasing.</summary>
public enum PositionInterpolation
{
    /// <summary>Bilinear, as transformers' Siglip2Model does.</summary>
    Bilinear,

    /// <summary>Bicubic, as timm's NaFlexVit does.</summary>
    Bicubic,
}
