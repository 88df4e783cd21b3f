namespace Clip.Models;

/// <summary>What stands between the features of a tower of timm and the shared space (open_clip, timm_model.py).</summary>
public enum TimmProjection
{
    /// <summary>The tower's own classifier, a matrix and a bias, whose classes are the channels of the embeddings; no name in open_clip ("" or null).</summary>
    Classifier,

    /// <summary>Nothing: features are the embeddings; "none".</summary>
    None,

    /// <summary>One matrix; "linear".</summary>
    Linear,

    /// <summary>Two matrices with GELU between them, the hidden layer twice as wide as the embeddings; "mlp".</summary>
    Mlp,
}
