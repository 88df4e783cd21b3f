namespace Clip.Runtime.Kernels.Float32;

/// <summary>What the attention of one token per sequence looks at.</summary>
internal unsafe readonly struct SingleQueryInputs
{
    /// <summary>All tokens, [Sequences, Length, W].</summary>
    public required float* Tokens { get; init; }

    /// <summary>The tokens that ask, [Sequences, W].</summary>
    public required float* Asking { get; init; }

    /// <summary>Numbers from one asking token to the next.</summary>
    public required nint AskingStride { get; init; }

    /// <summary>Number of sequences.</summary>
    public required nint Sequences { get; init; }

    /// <summary>Tokens of each.</summary>
    public required nint Length { get; init; }

    /// <summary>Whether tokens see only themselves and those before them.</summary>
    public bool Causal { get; init; }

    /// <summary>Which token of each sequence asks; null for the first.</summary>
    public long* Places { get; init; }

    /// <summary>Added to the attention logits, [Sequences, Length, Length]; or null.</summary>
    public float* Mask { get; init; }
}
