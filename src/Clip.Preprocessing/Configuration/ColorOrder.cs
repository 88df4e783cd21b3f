namespace Clip.Preprocessing;

/// <summary>Whether a picture becomes RGB before or after it is resized.</summary>
/// <remarks>RGB and grey pictures come out the same. Palette, one-bit, transparent and CMYK pictures do not.</remarks>
public enum ColorOrder
{
    /// <summary>
    /// Resize first, as OpenAI and open_clip do: palette and one-bit pictures by their nearest pixel, transparent ones with
    /// their colours weighted by opacity, CMYK in its own four channels.
    /// </summary>
    ResizeThenConvert,

    /// <summary>Convert first, as the Hugging Face processors do: every picture is resized as RGB; opacity is dropped.</summary>
    ConvertThenResize,
}
