namespace Clip.Models;

/// <summary>How the tokens of an encoder of Hugging Face's library become one vector; padding never counts.</summary>
public enum HuggingFaceTextPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The largest value of each channel.</summary>
    Max,

    /// <summary>The first token, behind a linear layer and a hyperbolic tangent where the encoder is a BERT.</summary>
    Pooler,

    /// <summary>The first token as it is.</summary>
    First,
}
