namespace Clip.Kernels.Float32.Operators;

/// <summary>The tokens of an attention with one query per sequence.</summary>
internal unsafe readonly struct SingleQueryInputs
{
    /// <summary>All tokens, [Sequences, Length, W].</summary>
    public required float* Tokens { get; init; }

    /// <summary>The tokens that become queries, [Sequences, W].</summary>
    public required float* Queries { get; init; }

    /// <summary>Elements from one of them to the next.</summary>
    public required nint QueryStride { get; init; }

    /// <summary>Number of sequences.</summary>
    public required nint Sequences { get; init; }

    /// <summary>Tokens of each.</summary>
    public required nint Length { get; init; }

    /// <summary>Whether tokens see only themselves and those before them.</summary>
    public bool Causal { get; init; }

    /// <summary>Which token of each sequence they are; null for the first.</summary>
    public long* Positions { get; init; }

    /// <summary>Added to the attention logits; or null.</summary>
    public AttentionMask? Mask { get; init; }
}
