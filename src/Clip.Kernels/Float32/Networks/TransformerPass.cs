using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Networks;

/// <summary>The tokens that a transformer computes at once.</summary>
internal unsafe readonly struct TransformerPass
{
    /// <summary>Activations [Sequences · Length, Width]; overwritten.</summary>
    public required float* Tokens { get; init; }

    /// <summary>Number of sequences.</summary>
    public required nint Sequences { get; init; }

    /// <summary>Tokens of each.</summary>
    public required nint Length { get; init; }

    /// <summary>Channels of a token.</summary>
    public required nint Width { get; init; }

    /// <summary>Whether tokens see only themselves and those before them.</summary>
    public required bool Causal { get; init; }

    /// <summary>The token of each sequence that is wanted; null for all.</summary>
    public required long* Positions { get; init; }

    /// <summary>In how many blocks, the last ones, tokens attend to themselves alone.</summary>
    public required int AloneBlocks { get; init; }

    /// <summary>Added to the attention logits; or null.</summary>
    public required AttentionMask? Mask { get; init; }

    /// <summary>The wanted tokens, [Sequences, Width]; the activations themselves where all are wanted.</summary>
    public required float* Output { get; init; }

    /// <summary>Number of tokens.</summary>
    public nint Rows => Sequences * Length;

    /// <summary>The pass of some of the sequences.</summary>
    public TransformerPass Part(WorkRange sequences) => this with
    {
        Tokens = Tokens + sequences.First * Length * Width,
        Sequences = sequences.Count,
        Positions = Positions is null ? null : Positions + sequences.First,
        Mask = Mask?.From(sequences.First),
        Output = Positions is null ? Tokens + sequences.First * Length * Width : Output + sequences.First * Width,
    };
}
