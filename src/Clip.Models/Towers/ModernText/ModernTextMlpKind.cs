namespace Clip.Models;

/// <summary>What the MLPs of open_clip's "modern" text tower are.</summary>
public enum ModernTextMlpKind
{
    /// <summary>A layer times another behind SiLU, then a third (Shazeer 2020, "GLU Variants Improve Transformer", section 2).</summary>
    SwiGlu,

    /// <summary>Two layers with GELU between them.</summary>
    Gelu,

    /// <summary>Two layers with the square of ReLU between them (So et al. 2021, "Primer", section 4).</summary>
    SquaredRelu,
}
