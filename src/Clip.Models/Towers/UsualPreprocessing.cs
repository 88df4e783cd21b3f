namespace Clip.Models;

/// <summary>The ways in which images are prepared for published models.</summary>
public enum UsualPreprocessing
{
    /// <summary>CLIP's: the shorter side resized, the center cropped, normalized by the statistics of OpenAI's data.</summary>
    Clip,

    /// <summary>SigLIP's: resized to the input's height and width, normalized to -1 to 1.</summary>
    SigLip,

    /// <summary>MobileCLIP's: the shorter side resized bilinearly, the center cropped, pixels between 0 and 1.</summary>
    MobileClip,
}
