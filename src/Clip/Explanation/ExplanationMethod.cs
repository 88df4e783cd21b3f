namespace Clip;

/// <summary>How the relevance of an image's places to a text is found. Neither takes gradients, so that both run on packed networks.</summary>
public enum ExplanationMethod
{
    /// <summary>
    /// One pass of the network for all places: each has an embedding of its own, which is compared with the text's. Source: Zhou et al. 2022, "Extract Free
    /// Dense Labels from CLIP", section 3; the reference that is subtracted is that of Li et al. 2023, "CLIP Surgery", section 3.3.
    /// </summary>
    Dense,

    /// <summary>
    /// One pass per place, with a window around it painted in the image's mean color: what the similarity loses is its relevance. It
    /// asks the network alone and holds for all of them. Source: Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 4.2.
    /// </summary>
    Occlusion,
}
