namespace Clip.Runtime.Kernels.Float32;

/// <summary>What attention looks at.</summary>
internal unsafe readonly struct AttentionInputs
{
    /// <summary>Queries [sequences · QueriesPerSequence, heads · head size].</summary>
    public required float* Queries { get; init; }

    /// <summary>Numbers from one query to the next.</summary>
    public required nint QueryStride { get; init; }

    /// <summary>Keys [sequences · Length, heads · head size].</summary>
    public required float* Keys { get; init; }

    /// <summary>Values, as many and as far apart as the keys.</summary>
    public required float* Values { get; init; }

    /// <summary>Numbers from one key to the next.</summary>
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

    /// <summary>The one place of each sequence from which all its queries come; null where every token has a query.</summary>
    public long* Places { get; init; }

    /// <summary>Added to the attention logits, [sequences, Length, Length]; or null.</summary>
    public float* Mask { get; init; }

    /// <summary>The token from which a query comes.</summary>
    public nint Place(nint sequence, nint query) => Places is null ? query : (nint)Places[sequence];
}
