namespace Clip.Models;

/// <summary>What the blocks of an EVA tower compute.</summary>
public enum EvaBlockKind
{
    /// <summary>Norms before attention and MLP, which has GELU; EVA-01 (Fang et al. 2022, "EVA").</summary>
    PreNorm,

    /// <summary>
    /// The same order, with rotary positions, a gated MLP (SwiGLU) and norms before the last matrices of attention and MLP;
    /// EVA-02 (Fang et al. 2023, "EVA-02", section 2.1).
    /// </summary>
    Gated,

    /// <summary>Norms behind attention and MLP, which has GELU; EVA-02-E (Sun et al. 2023, "EVA-CLIP", table 1).</summary>
    PostNorm,
}
