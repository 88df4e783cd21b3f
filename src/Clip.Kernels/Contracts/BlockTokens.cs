namespace Clip.Kernels.Contracts;

/// <summary>The tokens that a transformer block computes.</summary>
internal sealed record BlockTokens
{
    /// <summary>Sequences of one length, [N, L, W].</summary>
    /// <param name="tokens">The tokens.</param>
    public static BlockTokens Of(Tensor tokens) => new() { Count = tokens.shape[0], Longest = tokens.shape[1] };

    /// <summary>Sequences of different lengths, [T, W].</summary>
    /// <param name="sequences">Where they lie.</param>
    public static BlockTokens Of(TokenSequences sequences) => new() { Count = sequences.Count, Longest = sequences.Longest, Sequences = sequences };

    /// <summary>How many sequences there are.</summary>
    public required long Count { get; init; }

    /// <summary>Tokens of each, or of the longest.</summary>
    public required long Longest { get; init; }

    /// <summary>Where they lie; null where all have one length.</summary>
    public TokenSequences? Sequences { get; init; }

    /// <summary>
    /// The token of each sequence that is wanted of the block, [N], counted from the sequence's first: the output is theirs alone, [N, W], which takes
    /// a fraction of the work. Null where all are.
    /// </summary>
    public IReadOnlyList<long>? Chosen { get; init; }
}
