namespace Clip.Models;

/// <summary>Where a matrix stands in a transformer block.</summary>
public enum MatrixRole
{
    /// <summary>In the attention: queries, keys, values, and the output.</summary>
    Attention,

    /// <summary>In the MLP.</summary>
    Mlp,
}
