namespace Clip.Models;

/// <summary>How pooled tokens of an encoder of Hugging Face's library become embeddings.</summary>
public enum HuggingFaceTextProjection
{
    /// <summary>Two matrices with GELU between them, over as many hidden channels as lie in the middle of both sizes.</summary>
    Mlp,

    /// <summary>A matrix.</summary>
    Linear,

    /// <summary>Not at all: the features are the embeddings.</summary>
    None,
}
