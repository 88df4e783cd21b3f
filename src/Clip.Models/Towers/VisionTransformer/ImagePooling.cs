namespace Clip.Models;

/// <summary>How a vision transformer's tokens become one feature vector.</summary>
public enum ImagePooling
{
    /// <summary>The class token, as in OpenAI's models.</summary>
    ClassToken,

    /// <summary>The mean over all tokens but the class token.</summary>
    Average,
}
