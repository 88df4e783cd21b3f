namespace Clip.Models;

/// <summary>How a text tower's features become embeddings.</summary>
public enum TextProjection
{
    /// <summary>A matrix, as in OpenAI's models.</summary>
    Matrix,

    /// <summary>A matrix and a bias, as in SigLIP's models.</summary>
    Linear,

    /// <summary>Not at all: the features are the embeddings.</summary>
    None,
}
