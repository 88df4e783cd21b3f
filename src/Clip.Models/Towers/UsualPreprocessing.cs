namespace Clip.Models;

/// <summary>The ways in which images are prepared for published models; a family has one that is usual for it.</summary>
public enum UsualPreprocessing
{
    /// <summary>CLIP's: the shorter side resized, the center cropped, normalized by the statistics of OpenAI's data.</summary>
    Clip,

    /// <summary>SigLIP's: resized to the input's height and width, normalized to -1 to 1.</summary>
    SigLip,

    /// <summary>CLIPA's: resized to the input's height and width by bilinear interpolation, normalized by ImageNet's statistics.</summary>
    Clipa,

    /// <summary>MobileCLIP's: the shorter side resized by bilinear interpolation, the center cropped, values from 0 to 1 as they are.</summary>
    MobileClip,

    /// <summary>PE-Core's: resized to the input's height and width by bilinear interpolation, normalized to -1 to 1.</summary>
    PerceptionEncoder,
}
