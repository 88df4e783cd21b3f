namespace Clip.Models;

/// <summary>Sizes of an attention layer whose learned queries gather from all tokens (Yu et al. 2022, "CoCa", section 3.2).</summary>
public sealed record AttentionalPoolerConfig
{
    /// <summary>Number of learned queries, and of tokens that come out.</summary>
    public int Queries { get; init; } = 256;

    /// <summary>Attention heads. Divides the size of the embeddings.</summary>
    public int Heads { get; init; } = 8;
}
