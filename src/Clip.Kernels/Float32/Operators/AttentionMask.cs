namespace Clip.Kernels.Float32.Operators;

/// <summary>What is added to attention logits: a plane [Length, Length] for each sequence and head, or one that several share.</summary>
internal unsafe readonly struct AttentionMask
{
    /// <summary>[Sequences, Heads, Length, Length].</summary>
    public required float* Values { get; init; }

    /// <summary>Sequences that have planes of their own; those behind them begin again at the first.</summary>
    public required nint Sequences { get; init; }

    /// <summary>Heads that have planes of their own: all, or one for all.</summary>
    public required nint Heads { get; init; }

    /// <summary>Tokens of a sequence.</summary>
    public required nint Length { get; init; }

    /// <summary>The number of the first sequence among those of the whole batch.</summary>
    public nint First { get; init; }

    /// <summary>The mask of later sequences.</summary>
    public AttentionMask From(nint sequence) => this with { First = First + sequence };

    /// <summary>What is added for a token's query, as many as there are keys.</summary>
    public float* Row(nint sequence, nint head, nint token) =>
        Values + (((First + sequence) % Sequences * Heads + (Heads == 1 ? 0 : head)) * Length + token) * Length;
}
