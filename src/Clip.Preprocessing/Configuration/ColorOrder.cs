namespace Clip.Preprocessing;

/// <summary>Whether an image becomes RGB before or after it is resized.</summary>
/// <remarks>RGB and gray images come out the same. Palette, one-bit, transparent and CMYK images do not.</remarks>
public enum ColorOrder
{
    /// <summary>
    /// Resize first, as OpenAI and open_clip do: palette and one-bit images by their nearest pixel, transparent ones with
    /// their colors weighted by opacity, CMYK in its own four channels.
    /// </summary>
    ResizeThenConvert,

    /// <summary>Convert first, as the Hugging Face processors do: every image is resized as RGB; opacity is dropped.</summary>
    ConvertThenResize,
}
