namespace Clip.Kernels.Float32.Operators;

/// <summary>Queries, keys and values, and which keys a query sees.</summary>
internal unsafe readonly struct AttentionInputs
{
    /// <summary>Queries [sequences · QueriesPerSequence, heads · head size].</summary>
    public required float* Queries { get; init; }

    /// <summary>Elements from one query to the next.</summary>
    public required nint QueryStride { get; init; }

    /// <summary>Keys [sequences · Length, heads · head size].</summary>
    public required float* Keys { get; init; }

    /// <summary>Values, as many and as far apart as the keys.</summary>
    public required float* Values { get; init; }

    /// <summary>Elements from one key to the next.</summary>
    public required nint KeyStride { get; init; }

    /// <summary>Number of sequences.</summary>
    public required nint Sequences { get; init; }

    /// <summary>Queries of a sequence.</summary>
    public required nint QueriesPerSequence { get; init; }

    /// <summary>Tokens of a sequence.</summary>
    public required nint Length { get; init; }

    /// <summary>What logits are multiplied by, usually 1 / sqrt(head size).</summary>
    public required float Scale { get; init; }

    /// <summary>Whether tokens see only themselves and those before them.</summary>
    public required bool Causal { get; init; }

    /// <summary>Which token of each sequence all its queries belong to; null where every token has a query of its own.</summary>
    public long* Positions { get; init; }

    /// <summary>Added to the attention logits; or null.</summary>
    public AttentionMask? Mask { get; init; }

    /// <summary>What is added to the logits of a query; null for nothing.</summary>
    /// <remarks>Where one token of a sequence has all the queries, they are its heads.</remarks>
    public float* MaskOf(nint sequence, nint query, int head) =>
        Mask is { } mask ? mask.Row(sequence, Positions is null ? head : query, Position(sequence, query)) : null;

    /// <summary>The token that a query belongs to.</summary>
    public nint Position(nint sequence, nint query) => Positions is null ? query : (nint)Positions[sequence];
}
