using Clip.Kernels.Weights;

namespace Clip.Kernels.Contracts;

/// <summary>What all blocks of a transformer have in common, besides the sizes of their weights.</summary>
internal sealed record TransformerShape
{
    /// <summary>Attention heads; divides the width.</summary>
    public required int Heads { get; init; }

    /// <summary>What layer norms add to the variance.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The activation of the MLPs.</summary>
    public required FusedActivation Activation { get; init; }

    /// <summary>Whether tokens see only those before them, where no mask is given.</summary>
    public required bool Causal { get; init; }

    /// <summary>Whether norms stand behind attention and MLP instead of before them: x + norm(branch(x)).</summary>
    public bool NormsBehind { get; init; }

    /// <summary>Whether norms also stand before the last matrices of attention and MLP.</summary>
    public bool InnerNorms { get; init; }

    /// <summary>Whether the MLPs multiply their hidden channels by an activated gate (Shazeer 2020, "GLU Variants Improve Transformer", section 2).</summary>
    public bool Gated { get; init; }

    /// <summary>Whether the last block can compute single tokens with a fraction of the work.</summary>
    public bool HasShortcut => !NormsBehind && !InnerNorms && Rotary is null;

    /// <summary>How queries and keys are turned by their places; null where they are not. Sequences then have the length of the table.</summary>
    public RotaryTable? Rotary { get; init; }
}
